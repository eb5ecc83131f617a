// An SCTP peer on pion/sctp, over UDP encapsulation, for the interop tests. pion has no SCTP ports of its own: it takes those
// of the INIT.
//
//	pion-peer server LOCAL_UDP REMOTE_UDP SCTP_PORT [--remote ADDRESS]
//
// It sends every message back as it came. What happens is told in lines on standard output: READY, UP, ENDED. It ends with
// standard input.
//
// Owns: one association, as the side that is asked for it. Does not own: what is sent (the cases).
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/pion/logging"
	"github.com/pion/sctp"
)

const largestMessage = 1 << 20

func fail(what string, err error) {
	fmt.Printf("FATAL %s: %v\n", what, err)
	os.Exit(1)
}

func portIn(text string) int {
	port, err := strconv.Atoi(text)
	if err != nil {
		fail("UDP port", err)
	}
	return port
}

func remoteAddress(options []string) net.IP {
	for i := 0; i+1 < len(options); i += 2 {
		if options[i] == "--remote" {
			return net.ParseIP(options[i+1])
		}
	}
	return net.IPv4(127, 0, 0, 1)
}

func echo(stream *sctp.Stream) {
	buffer := make([]byte, largestMessage)
	for {
		length, kind, err := stream.ReadSCTP(buffer)
		if err != nil {
			return
		}
		if _, err = stream.WriteSCTP(buffer[:length], kind); err != nil {
			return
		}
	}
}

func serve(conn net.Conn) {
	loggers := logging.NewDefaultLoggerFactory()
	loggers.DefaultLogLevel = logging.LogLevelDisabled
	association, err := sctp.Server(sctp.Config{NetConn: conn, MaxMessageSize: largestMessage, LoggerFactory: loggers})
	if err != nil {
		fail("association", err)
	}
	fmt.Println("UP")
	for {
		stream, err := association.AcceptStream()
		if err != nil {
			fmt.Println("ENDED")
			return
		}
		go echo(stream)
	}
}

func main() {
	if len(os.Args) < 5 || os.Args[1] != "server" {
		fmt.Fprintln(os.Stderr, "usage: pion-peer server LOCAL_UDP REMOTE_UDP SCTP_PORT [--remote ADDRESS]")
		os.Exit(2)
	}
	local := &net.UDPAddr{IP: net.IPv4zero, Port: portIn(os.Args[2])}
	remote := &net.UDPAddr{IP: remoteAddress(os.Args[5:]), Port: portIn(os.Args[3])}
	conn, err := net.DialUDP("udp4", local, remote)
	if err != nil {
		fail("UDP", err)
	}
	go serve(conn)
	fmt.Println("READY")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
