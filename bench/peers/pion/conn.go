// One UDP port for many associations, as net.Conn, which is what pion/sctp wants for each.
//
// Owns: telling remote ports apart on the sink's socket. Does not own: associations (measures.go).
package main

import (
	"io"
	"net"
	"sync"
	"time"
)

const (
	datagramsHeld     = 1024
	largestDatagram   = 65536
	socketBufferBytes = 4 << 20
)

var datagrams = sync.Pool{New: func() interface{} { return make([]byte, largestDatagram) }}

type peerConn struct {
	port   *udpPort
	remote *net.UDPAddr
	inbox  chan []byte
	closed chan struct{}
	once   sync.Once
}

type udpPort struct {
	socket *net.UDPConn
	lock   sync.Mutex
	peers  map[int]*peerConn // By remote UDP port: all sources have one address.
}

func listenUDP(port int) *udpPort {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(job.address), Port: port})
	if err != nil {
		fail("UDP port", err)
	}
	_ = socket.SetReadBuffer(socketBufferBytes)
	return &udpPort{socket: socket, peers: map[int]*peerConn{}}
}

// Hands datagrams to their peers for ever; tells of each new one.
func (p *udpPort) serve(onPeer func(net.Conn)) {
	for {
		buffer := datagrams.Get().([]byte)
		length, remote, err := p.socket.ReadFromUDP(buffer)
		if err != nil {
			fail("UDP", err)
		}
		p.lock.Lock()
		peer, known := p.peers[remote.Port]
		if !known {
			peer = &peerConn{port: p, remote: remote, inbox: make(chan []byte, datagramsHeld), closed: make(chan struct{})}
			p.peers[remote.Port] = peer
		}
		p.lock.Unlock()
		if !known {
			go onPeer(peer)
		}
		select {
		case peer.inbox <- buffer[:length]:
		default:
			datagrams.Put(buffer) // Full, as a socket's buffer would be.
		}
	}
}

func (c *peerConn) Read(into []byte) (int, error) {
	select {
	case datagram := <-c.inbox:
		length := copy(into, datagram)
		datagrams.Put(datagram[:largestDatagram])
		return length, nil
	case <-c.closed:
		return 0, io.EOF
	}
}

func (c *peerConn) Write(datagram []byte) (int, error) {
	return c.port.socket.WriteToUDP(datagram, c.remote)
}

func (c *peerConn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.port.lock.Lock()
		delete(c.port.peers, c.remote.Port)
		c.port.lock.Unlock()
	})
	return nil
}

func (c *peerConn) LocalAddr() net.Addr                { return c.port.socket.LocalAddr() }
func (c *peerConn) RemoteAddr() net.Addr               { return c.remote }
func (c *peerConn) SetDeadline(_ time.Time) error      { return nil }
func (c *peerConn) SetReadDeadline(_ time.Time) error  { return nil }
func (c *peerConn) SetWriteDeadline(_ time.Time) error { return nil }

func dialUDP(port int) net.Conn {
	socket, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.ParseIP(job.to), Port: port})
	if err != nil {
		fail("UDP", err)
	}
	_ = socket.SetReadBuffer(socketBufferBytes)
	return socket
}
