/*
 * What the usrsctp programs share; see peer.h.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHUTDOWN_GUARD_S = 180 }; /* The longest that usrsctp takes. */
enum { SPARE_STREAMS = 16 };     /* So many may be added (RFC 6525). */

void tell(const char *format, ...) {
	static pthread_mutex_t output_lock = PTHREAD_MUTEX_INITIALIZER;
	va_list arguments;
	pthread_mutex_lock(&output_lock);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
	pthread_mutex_unlock(&output_lock);
}

void die(const char *what) {
	tell("FATAL %s: %s", what, strerror(errno));
	_exit(1);
}

unsigned long number(const char *text, unsigned long smallest, unsigned long largest, const char *what) {
	char *end = NULL;
	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && value >= smallest && value <= largest) return value;
	fprintf(stderr, "%s must be a whole number from %lu to %lu, not \"%s\"\n", what, smallest, largest, text);
	exit(2);
}

struct endpoint read_endpoint(char **arguments) {
	struct endpoint endpoint = {.local_count = 0};
	endpoint.local_udp = (uint16_t)number(arguments[0], 1, 65535, "LOCAL_UDP");
	endpoint.remote_udp = (uint16_t)number(arguments[1], 1, 65535, "REMOTE_UDP");
	endpoint.sctp_port = (uint16_t)number(arguments[2], 1, 65534, "SCTP_PORT");
	endpoint.remote.s_addr = htonl(INADDR_LOOPBACK);
	return endpoint;
}

static void read_address(struct in_addr *address, const char *text) {
	if (inet_pton(AF_INET, text, address) == 1) return;
	fprintf(stderr, "an address must be one of IPv4, not \"%s\"\n", text);
	exit(2);
}

void read_remote(struct endpoint *endpoint, const char *text) {
	read_address(&endpoint->remote, text);
}

void read_local(struct endpoint *endpoint, const char *text) {
	if (endpoint->local_count == MAX_LOCAL_ADDRESSES) {
		fprintf(stderr, "no more than %d addresses can be bound\n", MAX_LOCAL_ADDRESSES);
		exit(2);
	}
	read_address(&endpoint->local[endpoint->local_count++], text);
}

/* usrsctp_init binds this port to the wildcard address and says nothing when that fails. */
static void require_free(uint16_t udp_port) {
	struct sockaddr_in wildcard = {.sin_family = AF_INET, .sin_port = htons(udp_port)};
	int probe = socket(AF_INET, SOCK_DGRAM, 0);
	if (probe < 0 || bind(probe, (struct sockaddr *)&wildcard, sizeof wildcard) < 0) die("UDP port");
	close(probe);
}

void start_usrsctp(const struct endpoint *endpoint) {
	require_free(endpoint->local_udp);
	usrsctp_init(endpoint->local_udp, NULL, NULL);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0); /* Else nobody checks the checksum between equal addresses. */
	usrsctp_sysctl_set_sctp_ecn_enable(0);
	/* Else a shutdown is aborted after five times the highest RTO (T5-shutdown-guard), which a test may have made small. */
	usrsctp_sysctl_set_sctp_shutdown_guard_time_default(SHUTDOWN_GUARD_S);
}

void set_option(struct socket *socket, int level, int name, const void *value, socklen_t length) {
	if (usrsctp_setsockopt(socket, level, name, value, length) < 0) die("setsockopt");
}

void want_event(struct socket *socket, uint16_t type) {
	struct sctp_event event = {.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = type, .se_on = 1};
	set_option(socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event);
}

/* Path MTU discovery off; usrsctp counts spp_pathmtu without the headers of IP, UDP and the SCTP packet (12 bytes). */
static void pin_packet_size(struct socket *socket, int packet_bytes) {
	struct sctp_paddrparams parameters;
	memset(&parameters, 0, sizeof parameters);
	parameters.spp_address.ss_family = AF_INET;
	parameters.spp_assoc_id = SCTP_FUTURE_ASSOC;
	parameters.spp_flags = SPP_PMTUD_DISABLE;
	parameters.spp_pathmtu = (uint32_t)(packet_bytes - 12);
	set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
}

/* What is 0 stays as usrsctp has it. */
static void tune_timers(struct socket *socket, const struct tuning *tuning) {
	struct sctp_rtoinfo rto = {.srto_assoc_id = SCTP_FUTURE_ASSOC,
	                           .srto_initial = tuning->rto_initial_ms,
	                           .srto_min = tuning->rto_min_ms,
	                           .srto_max = tuning->rto_max_ms};
	set_option(socket, IPPROTO_SCTP, SCTP_RTOINFO, &rto, sizeof rto);
	struct sctp_paddrparams parameters;
	memset(&parameters, 0, sizeof parameters);
	parameters.spp_address.ss_family = AF_INET;
	parameters.spp_assoc_id = SCTP_FUTURE_ASSOC;
	parameters.spp_flags = SPP_HB_ENABLE;
	parameters.spp_hbinterval = tuning->heartbeat_ms;
	parameters.spp_pathmaxrxt = tuning->path_errors;
	set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
}

/* In usrsctp's own sctp.h; the header that is installed leaves it out. */
enum { OPTION_INTERLEAVING_SUPPORTED = 0x1206, INTERLEAVE_ALL = 2 };

static void allow_interleaving(struct socket *socket) {
	int all = INTERLEAVE_ALL;
	set_option(socket, IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, &all, sizeof all);
	struct sctp_assoc_value on = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = 1};
	set_option(socket, IPPROTO_SCTP, OPTION_INTERLEAVING_SUPPORTED, &on, sizeof on);
}

struct socket *open_socket(const struct endpoint *endpoint, int type, const struct tuning *tuning) {
	struct socket *socket = usrsctp_socket(AF_INET, type, IPPROTO_SCTP, NULL, NULL, 0, NULL);
	if (socket == NULL) die("socket");
	struct sctp_udpencaps encapsulation;
	memset(&encapsulation, 0, sizeof encapsulation);
	encapsulation.sue_address.ss_family = AF_INET;
	encapsulation.sue_port = htons(endpoint->remote_udp);
	set_option(socket, IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encapsulation, sizeof encapsulation);
	struct sctp_initmsg init;
	memset(&init, 0, sizeof init);
	init.sinit_num_ostreams = (uint16_t)tuning->streams;
	init.sinit_max_instreams = (uint16_t)(tuning->streams + SPARE_STREAMS);
	set_option(socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init);
	int on = 1;
	set_option(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
	set_option(socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof on);
	if (tuning->buffer_bytes > 0) {
		set_option(socket, SOL_SOCKET, SO_RCVBUF, &tuning->buffer_bytes, sizeof tuning->buffer_bytes);
		set_option(socket, SOL_SOCKET, SO_SNDBUF, &tuning->buffer_bytes, sizeof tuning->buffer_bytes);
	}
	tune_timers(socket, tuning);
	if (tuning->interleave) allow_interleaving(socket);
	if (tuning->nr_sack) {
		struct sctp_assoc_value promising = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = 1};
		set_option(socket, IPPROTO_SCTP, SCTP_NRSACK_SUPPORTED, &promising, sizeof promising);
	}
	if (tuning->scheduler > 0) {
		struct sctp_assoc_value scheduler = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = tuning->scheduler};
		set_option(socket, IPPROTO_SCTP, SCTP_PLUGGABLE_SS, &scheduler, sizeof scheduler);
	}
	if (tuning->packet_bytes > 0) pin_packet_size(socket, tuning->packet_bytes);
	return socket;
}

/* Bound to one address, the peer lists no other in its INIT. */
void bind_socket(struct socket *socket, const struct endpoint *endpoint, uint16_t port) {
	struct sockaddr_in own = remote_address(endpoint, port);
	for (int i = 0; i < endpoint->local_count; i++) {
		own.sin_addr = endpoint->local[i];
		if (usrsctp_bindx(socket, (struct sockaddr *)&own, 1, SCTP_BINDX_ADD_ADDR) < 0) die("bindx");
	}
	if (endpoint->local_count > 0) return;
	if ((ntohl(endpoint->remote.s_addr) >> 24) == 127) own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else own.sin_addr.s_addr = htonl(INADDR_ANY);
	if (usrsctp_bind(socket, (struct sockaddr *)&own, sizeof own) < 0) die("bind");
}

struct sockaddr_in remote_address(const struct endpoint *endpoint, uint16_t port) {
	struct sockaddr_in address;
	memset(&address, 0, sizeof address);
	address.sin_family = AF_INET;
	address.sin_port = htons(port);
	address.sin_addr = endpoint->remote;
	return address;
}
