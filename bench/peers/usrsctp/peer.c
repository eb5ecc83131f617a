/*
 * The benchmark's program on usrsctp, in UDP encapsulation. It keeps the contract of ../node/contract.ts:
 *
 *   peer sink|source --measure M --size N --streams N --associations N --packet N --buffer N
 *                    --udp PORT --remote PORT [--address ADDRESS] [--to ADDRESS]
 *
 * The checksum is computed and checked, which usrsctp leaves out on the loopback interface unless told. Messages are
 * received in usrsctp's callback, the fastest way that it has; but a socket with a callback never blocks in a send, so
 * those that flood have a thread that blocks in sends and another in receives instead.
 *
 * Owns: both ends of every measure. Does not own: the processes and the figures (the runner).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <usrsctp.h>

enum { SCTP_PORT = 5001, SMALL_MESSAGE = 131072, HANDSHAKE_THREADS = 16, BUCKETS = 100000, BUCKETS_PER_US = 10 };

static struct {
	int is_sink, is_pingpong, is_both, is_handshakes;
	size_t size;
	int streams, associations, packet, buffer;
	uint16_t udp, remote;
	const char *address, *to;
} job = {.size = 1000, .streams = 1, .associations = 1, .address = "127.0.0.1", .to = "127.0.0.1"};

static atomic_ullong messages, bytes;
static atomic_uint latency[BUCKETS];
static double sent_at; /* Of the one message under way in a ping-pong. */
static uint8_t *payload;

static void die(const char *what) {
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static double seconds_now(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void set_option(struct socket *socket, int level, int name, const void *value, socklen_t length) {
	if (usrsctp_setsockopt(socket, level, name, value, length) < 0) die("setsockopt");
}

static void want_association_changes(struct socket *socket) {
	struct sctp_event event = {.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = SCTP_ASSOC_CHANGE, .se_on = 1};
	set_option(socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event);
}

/* Path MTU discovery off. usrsctp counts spp_pathmtu without the headers of IP and UDP and the 12 bytes of SCTP's. */
static void pin_packet_size(struct socket *socket, int packet_bytes) {
	struct sctp_paddrparams parameters;
	memset(&parameters, 0, sizeof parameters);
	parameters.spp_address.ss_family = AF_INET;
	parameters.spp_assoc_id = SCTP_FUTURE_ASSOC;
	parameters.spp_flags = SPP_PMTUD_DISABLE;
	parameters.spp_pathmtu = (uint32_t)(packet_bytes - 12);
	set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
}

static struct sockaddr_in address_of(const char *text, uint16_t port) {
	struct sockaddr_in address;
	memset(&address, 0, sizeof address);
	address.sin_family = AF_INET;
	address.sin_port = htons(port);
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1) die("inet_pton");
	return address;
}

static int on_receive(struct socket *, union sctp_sockstore, void *, size_t, struct sctp_rcvinfo, int, void *);

static struct socket *open_socket(int type, uint16_t port) {
	int has_callback = job.is_pingpong || (job.is_sink && !job.is_both);
	struct socket *socket = usrsctp_socket(AF_INET, type, IPPROTO_SCTP, has_callback ? on_receive : NULL, NULL, 0, NULL);
	if (socket == NULL) die("socket");
	int buffer_bytes = job.buffer;
	/* The default holds less than one such message. */
	if (buffer_bytes == 0 && job.size > SMALL_MESSAGE) buffer_bytes = (int)(2 * job.size);
	if (buffer_bytes > 0) {
		set_option(socket, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
		set_option(socket, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
	}
	struct sctp_udpencaps encapsulation;
	memset(&encapsulation, 0, sizeof encapsulation);
	encapsulation.sue_address.ss_family = AF_INET;
	encapsulation.sue_port = htons(job.remote);
	set_option(socket, IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encapsulation, sizeof encapsulation);
	struct sctp_initmsg init;
	memset(&init, 0, sizeof init);
	init.sinit_num_ostreams = init.sinit_max_instreams = (uint16_t)(job.streams < 10 ? 10 : job.streams);
	set_option(socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init);
	int on = 1;
	set_option(socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof on);
	if (job.is_pingpong) set_option(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
	if (job.packet > 0) pin_packet_size(socket, job.packet);
	struct sockaddr_in own = address_of(job.address, port); /* Bound to one address, the peer lists no other in its INIT. */
	if (usrsctp_bind(socket, (struct sockaddr *)&own, sizeof own) < 0) die("bind");
	return socket;
}

/* Tells whether the message was taken: not when the association has ended. */
static int send_message(struct socket *socket, sctp_assoc_t association, uint16_t stream, const void *data, size_t length) {
	struct sctp_sndinfo info = {.snd_sid = stream, .snd_assoc_id = association};
	if (usrsctp_sendv(socket, data, length, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) >= 0) return 1;
	if (errno != EPIPE && errno != ENOENT && errno != ECONNRESET && errno != ENOTCONN) die("send");
	return 0;
}

struct flow {
	struct socket *socket;
	sctp_assoc_t association; /* 0 on a one-to-one socket. */
};

static void *flood(void *argument) {
	struct flow flow = *(struct flow *)argument;
	free(argument);
	uint64_t count = 0;
	while (send_message(flow.socket, flow.association, (uint16_t)(count % (uint64_t)job.streams), payload, job.size)) count++;
	return NULL;
}

static void start_flood(struct socket *socket, sctp_assoc_t association) {
	struct flow *flow = malloc(sizeof *flow);
	pthread_t thread;
	if (flow == NULL) die("malloc");
	*flow = (struct flow){socket, association};
	if (pthread_create(&thread, NULL, flood, flow) != 0) die("pthread_create");
}

static void ping(struct socket *socket) {
	sent_at = seconds_now();
	send_message(socket, 0, 0, payload, job.size);
}

static void on_notification(struct socket *socket, const union sctp_notification *notification) {
	if (notification->sn_header.sn_type != SCTP_ASSOC_CHANGE) return;
	const struct sctp_assoc_change *change = &notification->sn_assoc_change;
	if (change->sac_state == SCTP_COMM_UP && job.is_sink && job.is_both) start_flood(socket, change->sac_assoc_id);
}

static int on_receive(struct socket *socket, union sctp_sockstore address, void *data, size_t length,
                      struct sctp_rcvinfo info, int flags, void *context) {
	(void)address;
	(void)context;
	if (data == NULL) return 1;
	if (flags & MSG_NOTIFICATION) {
		on_notification(socket, data);
	} else {
		bytes += length;
		if (flags & MSG_EOR) messages++;
		if (job.is_pingpong && job.is_sink) {
			send_message(socket, info.rcv_assoc_id, info.rcv_sid, data, length);
		} else if (job.is_pingpong) {
			double us = (seconds_now() - sent_at) * 1e6;
			size_t bucket = (size_t)(us * BUCKETS_PER_US);
			latency[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
			ping(socket);
		}
	}
	free(data);
	return 1;
}

/* Counts what comes on a socket without a callback. */
static void *receive(void *argument) {
	struct socket *socket = argument;
	size_t room = job.size < SMALL_MESSAGE ? SMALL_MESSAGE : job.size;
	uint8_t *data = malloc(room);
	if (data == NULL) die("malloc");
	for (;;) {
		struct sctp_rcvinfo info;
		socklen_t address_length = 0, info_length = sizeof info;
		unsigned int info_type = 0;
		int flags = 0;
		ssize_t length = usrsctp_recvv(socket, data, room, NULL, &address_length, &info, &info_length, &info_type, &flags);
		if (length <= 0) break;
		if (flags & MSG_NOTIFICATION) {
			on_notification(socket, (const union sctp_notification *)data);
			continue;
		}
		bytes += (size_t)length;
		if (flags & MSG_EOR) messages++;
	}
	free(data);
	return NULL;
}

static void start_receiving(struct socket *socket) {
	pthread_t thread;
	if (pthread_create(&thread, NULL, receive, socket) != 0) die("pthread_create");
}

static struct socket *connect_one(void) {
	struct socket *socket = open_socket(SOCK_STREAM, 0);
	struct sockaddr_in server = address_of(job.to, SCTP_PORT);
	if (usrsctp_connect(socket, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
	return socket;
}

static void *handshakes(void *nothing) {
	const struct linger abort_at_close = {.l_onoff = 1, .l_linger = 0};
	for (;;) {
		struct socket *socket = connect_one();
		messages++;
		set_option(socket, SOL_SOCKET, SO_LINGER, &abort_at_close, sizeof abort_at_close);
		usrsctp_close(socket);
	}
	return nothing;
}

static void announce(const char *event) {
	printf("{\"event\":\"%s\"}\n", event);
	fflush(stdout);
}

static void start_sink(void) {
	struct socket *socket = open_socket(SOCK_SEQPACKET, SCTP_PORT);
	want_association_changes(socket);
	if (usrsctp_listen(socket, 1000) < 0) die("listen");
	if (job.is_both) start_receiving(socket);
	announce("ready");
}

static void start_source(void) {
	if (job.is_handshakes) {
		announce("connected");
		for (int i = 0; i < HANDSHAKE_THREADS; i++) {
			pthread_t thread;
			if (pthread_create(&thread, NULL, handshakes, NULL) != 0) die("pthread_create");
		}
		return;
	}
	struct socket **sockets = calloc((size_t)job.associations, sizeof *sockets);
	if (sockets == NULL) die("calloc");
	for (int i = 0; i < job.associations; i++) sockets[i] = connect_one();
	announce("connected");
	for (int i = 0; i < job.associations; i++) {
		if (job.is_pingpong) {
			ping(sockets[i]);
			continue;
		}
		start_receiving(sockets[i]);
		start_flood(sockets[i], 0);
	}
	free(sockets);
}

/* In microseconds; the histogram is empty afterwards if `clear`. */
static double quantile(double share, int clear) {
	double total = 0, seen = 0, found = -1;
	for (int i = 0; i < BUCKETS; i++) total += latency[i];
	for (int i = 0; i < BUCKETS; i++) {
		seen += latency[i];
		if (found < 0 && seen >= share * total) found = (double)i / BUCKETS_PER_US;
		if (clear) latency[i] = 0;
	}
	return found;
}

static void answer_marks(void) {
	char line[64];
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (strncmp(line, "mark", 4) != 0) continue;
		unsigned long long so_many = messages, so_much = bytes;
		printf("{\"event\":\"mark\",\"seconds\":%.9f,\"messages\":%llu,\"bytes\":%llu", seconds_now(), so_many, so_much);
		if (job.is_pingpong && !job.is_sink) {
			printf(",\"p50Us\":%.1f,\"p99Us\":%.1f", quantile(0.5, 0), quantile(0.99, 0));
			printf(",\"p999Us\":%.1f", quantile(0.999, 1));
		}
		printf("}\n");
		fflush(stdout);
	}
}

static void read_option(const char *name, const char *value) {
	long number = strtol(value, NULL, 10);
	if (strcmp(name, "--measure") == 0) {
		job.is_pingpong = strcmp(value, "pingpong") == 0;
		job.is_both = strcmp(value, "both") == 0;
		job.is_handshakes = strcmp(value, "handshakes") == 0;
	} else if (strcmp(name, "--size") == 0) job.size = (size_t)number;
	else if (strcmp(name, "--streams") == 0) job.streams = (int)number;
	else if (strcmp(name, "--associations") == 0) job.associations = (int)number;
	else if (strcmp(name, "--packet") == 0) job.packet = (int)number;
	else if (strcmp(name, "--buffer") == 0) job.buffer = (int)number;
	else if (strcmp(name, "--udp") == 0) job.udp = (uint16_t)number;
	else if (strcmp(name, "--remote") == 0) job.remote = (uint16_t)number;
	else if (strcmp(name, "--address") == 0) job.address = value;
	else if (strcmp(name, "--to") == 0) job.to = value;
	else {
		fprintf(stderr, "unknown option %s\n", name);
		exit(2);
	}
}

int main(int argc, char **argv) {
	if (argc % 2 != 0 || (strcmp(argv[1], "sink") != 0 && strcmp(argv[1], "source") != 0)) {
		fprintf(stderr, "usage: %s sink|source [--OPTION VALUE]...\n", argv[0]);
		return 2;
	}
	job.is_sink = strcmp(argv[1], "sink") == 0;
	for (int i = 2; i + 1 < argc; i += 2) read_option(argv[i], argv[i + 1]);
	payload = malloc(job.size);
	if (payload == NULL) die("malloc");
	memset(payload, 0x61, job.size);
	usrsctp_init(job.udp, NULL, NULL);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	if (job.is_sink) start_sink();
	else start_source();
	answer_marks();
	_exit(0);
}
