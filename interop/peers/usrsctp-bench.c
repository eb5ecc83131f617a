/*
 * Throughput over one association of usrsctp, in UDP encapsulation, one way.
 *
 *   usrsctp-bench sink   LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...
 *   usrsctp-bench source LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...
 *
 *   --remote ADDRESS   the other host, 127.0.0.1
 *   --size BYTES       source: bytes of a message, 1000
 *   --seconds N        source: how long to send, 2
 *   --bytes N          source: how much to send, instead of a time
 *   --streams N        source: messages go round these streams, 1
 *   --unordered 0|1    source: 0
 *   --packet BYTES     the largest UDP payload; without it what the interface can carry
 *   --buffer BYTES     both of the association's buffers; without it usrsctp's own
 *
 * Each side tells READY or CONNECTED, and at the end one line:
 *   RESULT messages N bytes N seconds S cpu S
 * The source's time runs until the peer has acknowledged everything; the sink's from the first message to the last.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PPID = 0x50000000, MAX_MESSAGE = 4 * 1024 * 1024 };

struct job {
	struct endpoint endpoint;
	struct tuning tuning;
	size_t message_bytes;
	double seconds;
	uint64_t bytes; /* 0: for so many seconds. */
	int unordered;
};

struct count {
	uint64_t messages, bytes;
	double first, last; /* Seconds of the monotonic clock. */
};

static double seconds_now(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void tell_result(const struct count *count, double cpu) {
	tell("RESULT messages %llu bytes %llu seconds %.6f cpu %.6f", (unsigned long long)count->messages,
	     (unsigned long long)count->bytes, count->last - count->first, cpu);
}

/* Reads one whole message or notification. Its length, 0 at a graceful end; ends the process when the association fails. */
static size_t read_message(struct socket *socket, uint8_t *bytes, int *is_notification) {
	size_t length = 0;
	for (;;) {
		struct sctp_rcvinfo info;
		socklen_t address_length = 0, info_length = sizeof info;
		unsigned int info_type = 0;
		int flags = 0;
		ssize_t got = usrsctp_recvv(socket, bytes + length, MAX_MESSAGE - length, NULL, &address_length, &info, &info_length,
		                            &info_type, &flags);
		if (got < 0) die("recv");
		length += (size_t)got;
		*is_notification = (flags & MSG_NOTIFICATION) != 0;
		if (got == 0 || (flags & MSG_EOR) != 0) return length;
	}
}

/* Reads until the association is over, counting what comes. */
static void drain(struct socket *socket, struct count *count) {
	uint8_t *bytes = malloc(MAX_MESSAGE);
	if (bytes == NULL) die("malloc");
	for (;;) {
		int is_notification = 0;
		size_t length = read_message(socket, bytes, &is_notification);
		if (length == 0) break;
		if (is_notification) {
			const struct sctp_assoc_change *change = (const struct sctp_assoc_change *)bytes;
			if (change->sac_type != SCTP_ASSOC_CHANGE) continue;
			if (change->sac_state == SCTP_COMM_UP) continue;
			if (change->sac_state == SCTP_SHUTDOWN_COMP) break;
			errno = ECONNABORTED;
			die("association");
		}
		count->last = seconds_now();
		if (count->messages == 0) count->first = count->last;
		count->messages++;
		count->bytes += length;
	}
	free(bytes);
}

static void run_sink(const struct job *job) {
	struct socket *listener = open_socket(&job->endpoint, SOCK_STREAM, &job->tuning);
	want_event(listener, SCTP_ASSOC_CHANGE);
	bind_socket(listener, &job->endpoint, job->endpoint.sctp_port);
	if (usrsctp_listen(listener, 1) < 0) die("listen");
	tell("READY");
	struct socket *socket = usrsctp_accept(listener, NULL, NULL);
	if (socket == NULL) die("accept");
	tell("CONNECTED");
	struct count count = {0};
	double cpu = cpu_seconds();
	drain(socket, &count);
	tell_result(&count, cpu_seconds() - cpu);
}

static void send_all(struct socket *socket, const struct job *job, struct count *count) {
	uint8_t *bytes = malloc(job->message_bytes);
	if (bytes == NULL) die("malloc");
	for (size_t i = 0; i < job->message_bytes; i++) bytes[i] = (uint8_t)(i * 7u);
	struct sctp_sndinfo info = {.snd_ppid = htonl(PPID), .snd_flags = job->unordered ? SCTP_UNORDERED : 0};
	while (job->bytes > 0 ? count->bytes < job->bytes : seconds_now() - count->first < job->seconds) {
		info.snd_sid = (uint16_t)(count->messages % (uint64_t)job->tuning.streams);
		if (usrsctp_sendv(socket, bytes, job->message_bytes, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) < 0) die("send");
		count->messages++;
		count->bytes += job->message_bytes;
	}
	free(bytes);
}

static void run_source(const struct job *job) {
	struct socket *socket = open_socket(&job->endpoint, SOCK_STREAM, &job->tuning);
	want_event(socket, SCTP_ASSOC_CHANGE);
	bind_socket(socket, &job->endpoint, (uint16_t)(job->endpoint.sctp_port + 1));
	struct sockaddr_in server = remote_address(&job->endpoint, job->endpoint.sctp_port);
	if (usrsctp_connect(socket, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
	tell("CONNECTED");
	double cpu = cpu_seconds();
	struct count sent = {.first = seconds_now()}, received = {0};
	send_all(socket, job, &sent);
	if (usrsctp_shutdown(socket, SHUT_WR) < 0) die("shutdown");
	drain(socket, &received); /* Returns when the shutdown is complete: everything has been acknowledged. */
	sent.last = seconds_now();
	tell_result(&sent, cpu_seconds() - cpu);
}

static void read_option(struct job *job, const char *name, const char *value) {
	if (strcmp(name, "--remote") == 0) read_remote(&job->endpoint, value);
	else if (strcmp(name, "--size") == 0) job->message_bytes = number(value, 1, MAX_MESSAGE, name);
	else if (strcmp(name, "--seconds") == 0) job->seconds = (double)number(value, 1, 3600, name);
	else if (strcmp(name, "--bytes") == 0) job->bytes = number(value, 1, 1ul << 50, name);
	else if (strcmp(name, "--streams") == 0) job->tuning.streams = (int)number(value, 1, 1024, name);
	else if (strcmp(name, "--unordered") == 0) job->unordered = (int)number(value, 0, 1, name);
	else if (strcmp(name, "--packet") == 0) job->tuning.packet_bytes = (int)number(value, 560, 65507, name);
	else if (strcmp(name, "--buffer") == 0) job->tuning.buffer_bytes = (int)number(value, 4096, 1ul << 30, name);
	else {
		fprintf(stderr, "unknown option %s\n", name);
		exit(2);
	}
}

int main(int argc, char **argv) {
	if (argc < 5 || argc % 2 == 0 || (strcmp(argv[1], "sink") != 0 && strcmp(argv[1], "source") != 0)) {
		fprintf(stderr, "usage: %s sink|source LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...\n", argv[0]);
		return 2;
	}
	struct job job = {.endpoint = read_endpoint(argv + 2), .tuning = {.streams = 1}, .message_bytes = 1000, .seconds = 2};
	for (int i = 5; i + 1 < argc; i += 2) read_option(&job, argv[i], argv[i + 1]);
	start_usrsctp(&job.endpoint);
	if (strcmp(argv[1], "sink") == 0) run_sink(&job);
	else run_source(&job);
	_exit(0);
}
