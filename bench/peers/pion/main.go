// The benchmark's program on pion/sctp. It keeps the contract of ../node/contract.ts:
//
//	peer sink|source --measure M --size N --streams N --associations N --packet N --buffer N --udp PORT --remote PORT
//	                 [--address ADDRESS] [--to ADDRESS]
//
// Owns: the options, the counts and the marks. Does not own: the measures (measures.go), UDP (conn.go).
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

const (
	buckets      = 100000
	bucketsPerUs = 10
)

type jobOptions struct {
	measure, address, to                                     string
	size, streams, associations, packet, buffer, udp, remote int
}

var (
	job      jobOptions
	messages uint64
	bytes    uint64
	latency  [buckets]uint32
	started  = time.Now()
)

func count(length int) {
	atomic.AddUint64(&bytes, uint64(length))
	atomic.AddUint64(&messages, 1)
}

func recordLatency(roundTrip time.Duration) {
	bucket := int(roundTrip.Nanoseconds() * bucketsPerUs / 1000)
	if bucket >= buckets {
		bucket = buckets - 1
	}
	atomic.AddUint32(&latency[bucket], 1)
}

// In microseconds.
func quantile(counts []uint32, share float64) float64 {
	var total, seen float64
	for _, n := range counts {
		total += float64(n)
	}
	for bucket, n := range counts {
		seen += float64(n)
		if seen >= share*total {
			return float64(bucket) / bucketsPerUs
		}
	}
	return buckets / bucketsPerUs
}

func mark(isPinging bool) {
	fmt.Printf(`{"event":"mark","seconds":%.9f,"messages":%d,"bytes":%d`,
		time.Since(started).Seconds(), atomic.LoadUint64(&messages), atomic.LoadUint64(&bytes))
	if isPinging {
		counts := make([]uint32, buckets)
		for i := range counts {
			counts[i] = atomic.SwapUint32(&latency[i], 0)
		}
		fmt.Printf(`,"p50Us":%.1f,"p99Us":%.1f,"p999Us":%.1f`,
			quantile(counts, 0.5), quantile(counts, 0.99), quantile(counts, 0.999))
	}
	fmt.Println("}")
}

func announce(event string) {
	fmt.Printf("{\"event\":\"%s\"}\n", event)
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	os.Exit(1)
}

func readOptions(arguments []string) {
	options := flag.NewFlagSet("peer", flag.ExitOnError)
	options.StringVar(&job.measure, "measure", "oneway", "oneway, both, pingpong or handshakes")
	options.IntVar(&job.size, "size", 1000, "bytes of a message")
	options.IntVar(&job.streams, "streams", 1, "streams that the messages go round")
	options.IntVar(&job.associations, "associations", 1, "associations")
	options.IntVar(&job.packet, "packet", 0, "largest UDP payload; 0: pion's own")
	options.IntVar(&job.buffer, "buffer", 0, "send and receive buffer of an association; 0: pion's own to receive, 1 MiB to send")
	options.IntVar(&job.udp, "udp", 0, "own UDP port")
	options.IntVar(&job.remote, "remote", 0, "the sink's UDP port")
	options.StringVar(&job.address, "address", "127.0.0.1", "own IPv4 address")
	options.StringVar(&job.to, "to", "127.0.0.1", "the sink's IPv4 address")
	if err := options.Parse(arguments); err != nil {
		fail("options", err)
	}
}

func main() {
	if len(os.Args) < 2 || (os.Args[1] != "sink" && os.Args[1] != "source") {
		fmt.Fprintln(os.Stderr, "usage: peer sink|source [--OPTION VALUE]...")
		os.Exit(2)
	}
	isSink := os.Args[1] == "sink"
	readOptions(os.Args[2:])
	if isSink {
		startSink()
	} else {
		startSource()
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "mark" {
			mark(job.measure == "pingpong" && !isSink)
		}
	}
}
