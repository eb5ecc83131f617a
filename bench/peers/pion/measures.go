// Both ends of every measure on pion/sctp.
//
// Owns: associations and streams. Does not own: counting (main.go), UDP (conn.go).
package main

import (
	"net"
	"reflect"
	"time"
	"unsafe"

	"github.com/pion/logging"
	"github.com/pion/sctp"
)

const (
	handshakesAtOnce = 16
	headersBytes     = 12 + 16 // Of the packet and of one DATA chunk.
	sendBufferBytes  = 1 << 20 // Unless the runner says otherwise: pion's own has no limit.
	receiveRoom      = 1 << 16
	maxMessage       = 64 << 20
)

func configuration(conn net.Conn) sctp.Config {
	loggers := logging.NewDefaultLoggerFactory()
	loggers.DefaultLogLevel = logging.LogLevelDisabled
	return sctp.Config{
		NetConn:              conn,
		MaxReceiveBufferSize: uint32(job.buffer),
		MaxMessageSize:       maxMessage,
		LoggerFactory:        loggers,
	}
}

// pion has no option for the path MTU: its two fields are written where they are.
func setPacketSize(association *sctp.Association) {
	if job.packet == 0 {
		return
	}
	fields := reflect.ValueOf(association).Elem()
	for name, value := range map[string]uint32{"mtu": uint32(job.packet), "maxPayloadSize": uint32(job.packet - headersBytes)} {
		field := fields.FieldByName(name)
		*(*uint32)(unsafe.Pointer(field.UnsafeAddr())) = value
	}
}

func startSink() {
	port := listenUDP(job.udp)
	go port.serve(func(conn net.Conn) {
		association, err := sctp.Server(configuration(conn))
		if err != nil {
			_ = conn.Close()
			return
		}
		setPacketSize(association)
		for {
			stream, err := association.AcceptStream()
			if err != nil {
				_ = association.Close()
				return
			}
			go receive(stream)
			if job.measure == "both" {
				go flood([]*sctp.Stream{stream})
			}
		}
	})
	announce("ready")
}

func startSource() {
	if job.measure == "handshakes" {
		announce("connected")
		for i := 0; i < handshakesAtOnce; i++ {
			go handshakes()
		}
		return
	}
	flows := make([][]*sctp.Stream, job.associations)
	for i := range flows {
		flows[i] = connect()
	}
	announce("connected")
	for _, streams := range flows {
		if job.measure == "pingpong" {
			go pingPong(streams[0])
			continue
		}
		for _, stream := range streams {
			go receive(stream)
		}
		go flood(streams)
	}
}

func connect() []*sctp.Stream {
	association, err := sctp.Client(configuration(dialUDP(job.remote)))
	if err != nil {
		fail("connect", err)
	}
	setPacketSize(association)
	streams := make([]*sctp.Stream, job.streams)
	for i := range streams {
		if streams[i], err = association.OpenStream(uint16(i), sctp.PayloadTypeWebRTCBinary); err != nil {
			fail("stream", err)
		}
	}
	return streams
}

func receive(stream *sctp.Stream) {
	room := receiveRoom
	if job.size > room {
		room = job.size
	}
	buffer := make([]byte, room)
	for {
		length, kind, err := stream.ReadSCTP(buffer)
		if err != nil {
			return
		}
		count(length)
		if job.measure == "pingpong" {
			_, _ = stream.WriteSCTP(buffer[:length], kind)
		}
	}
}

// pion's Write never waits: what is buffered is watched instead.
func flood(streams []*sctp.Stream) {
	message := make([]byte, job.size)
	limit := uint64(sendBufferBytes)
	if job.buffer > 0 {
		limit = uint64(job.buffer)
	}
	limit /= uint64(len(streams))
	drained := make(chan struct{}, 1)
	for _, stream := range streams {
		stream.SetBufferedAmountLowThreshold(limit / 2)
		stream.OnBufferedAmountLow(func() {
			select {
			case drained <- struct{}{}:
			default:
			}
		})
	}
	for i := 0; ; i++ {
		stream := streams[i%len(streams)]
		if _, err := stream.WriteSCTP(message, sctp.PayloadTypeWebRTCBinary); err != nil {
			return
		}
		for stream.BufferedAmount() > limit {
			select {
			case <-drained:
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

func pingPong(stream *sctp.Stream) {
	message := make([]byte, job.size)
	for {
		sent := time.Now()
		if _, err := stream.WriteSCTP(message, sctp.PayloadTypeWebRTCBinary); err != nil {
			return
		}
		length, _, err := stream.ReadSCTP(message)
		if err != nil {
			return
		}
		recordLatency(time.Since(sent))
		count(length)
	}
}

func handshakes() {
	for {
		association, err := sctp.Client(configuration(dialUDP(job.remote)))
		if err != nil {
			fail("connect", err)
		}
		count(0)
		association.Abort("")
		_ = association.Close()
	}
}
