/*
 * An SCTP peer on usrsctp, over UDP encapsulation, for the interop tests.
 *
 *   usrsctp-peer server LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...
 *   usrsctp-peer client LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...
 *
 *   --remote ADDRESS          the other host, 127.0.0.1
 *   --bind ADDRESS            an address of this host; several times for several, which the INIT then lists
 *   --rto-initial, --rto-min, --rto-max MS
 *   --heartbeat MS            between the HEARTBEATs on an idle path
 *   --path-errors N           Path.Max.Retrans
 *   --packet BYTES            the largest UDP payload
 *   --buffer BYTES            both buffers of an association; 0: as usrsctp has them; 4 MiB
 *   --interleave 0|1          I-DATA instead of DATA
 *   --nr-sack 0|1             NR-SACK instead of SACK
 *   --scheduler 0...5         which stream is next: 1 round robin, 2 for each packet, 3 priority, 4 fair bandwidth, 5 first come
 *   --auth-chunk TYPE         a chunk type that is taken only where it is authenticated (RFC 4895); several times for several
 *   --auth-key ID:TEXT        a key that both sides know; the last one is used
 *   --adaptation CODE         the Adaptation Layer Indication (RFC 5061)
 *   --cmt 0...4               DATA on all paths at once: 1 each by itself, 2 to 4 by one of usrsctp's ways to couple them
 *
 * What is left out stays as usrsctp has it. What happens is told in lines on standard output, what to do comes in lines on
 * standard input:
 *
 *   echo on|off                                send every message back as it came (server: on from the start)
 *   report on|off                              tell every message, or only the totals when asked
 *   send COUNT MIN_BYTES MAX_BYTES STREAMS UNORDERED
 *   totals                                     tell how many messages and bytes have come
 *   connect [PORT]                             set up the association, with that SCTP port if it is not the server's
 *   shutdown                                   end the association gracefully, after what is queued
 *   abort REASON                               end it at once
 *   unreliable COUNT BYTES                     send messages that are given up rather than sent again (RFC 3758), on 4 streams
 *   heartbeat                                  send a HEARTBEAT now
 *   heartbeats-off                             send none by itself any more
 *   auth-key ID                                authenticate with that key from now on
 *   reset in|out|both STREAM                   start that stream anew, in one direction or both (RFC 6525)
 *   reset-association                          start all numbers anew (RFC 6525)
 *   add-streams OUT IN                         ask for more streams (RFC 6525)
 *   add ADDRESS                                one more address of this host, which the other side is told of (RFC 5061)
 *   remove ADDRESS                             one less
 *   be-primary [ADDRESS]                       ask the other side to send to this address of ours, 127.0.0.1 (RFC 5061)
 *   primary ADDRESS                            send to that address of the other side
 *   churn COUNT                                client: COUNT associations one after another, each with one message echoed
 *   crowd COUNT                                client: COUNT associations at once, likewise
 *   quit
 *
 * A message's contents follow from its index and size, so that either side can make and check them (fill_message).
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PPID_BASE = 0x50000000, MAX_MESSAGE = 4 * 1024 * 1024, BUFFER_BYTES = 4 * 1024 * 1024, STREAMS = 64, MAX_CROWD = 1000 };

/* What authentication is to be like. */
struct shared_key {
	unsigned id;
	const char *text;
};
enum { MAX_AUTH_CHUNKS = 16, MAX_AUTH_KEYS = 8 };
static uint8_t auth_chunks[MAX_AUTH_CHUNKS];
static size_t auth_chunk_count;
static struct shared_key auth_keys[MAX_AUTH_KEYS];
static size_t auth_key_count;

/* The Adaptation Layer Indication. */
static int says_adaptation;
static uint32_t adaptation;

/* Concurrent multipath transfer: one of usrsctp's SCTP_CMT_ values. */
static uint32_t cmt = SCTP_CMT_OFF;

static struct tuning tuning = {.buffer_bytes = BUFFER_BYTES, .streams = STREAMS};
static struct endpoint endpoint;
static volatile int echo_on;
static volatile int report_on = 1;
static volatile sctp_assoc_t current_association;
static volatile uint64_t total_messages, total_bytes;

/* FNV-1a, 32 bits. */
static uint32_t digest(const uint8_t *bytes, size_t length) {
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

/* Byte i of message number `index`; the runner computes the same. */
static void fill_message(uint8_t *bytes, size_t length, uint32_t index) {
	for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)(index * 31u + i * 7u + (i >> 8));
}

static void use_key(struct socket *socket, sctp_assoc_t association, unsigned id) {
	struct sctp_authkeyid active = {.scact_assoc_id = association, .scact_keynumber = (uint16_t)id};
	set_option(socket, IPPROTO_SCTP, SCTP_AUTH_ACTIVE_KEY, &active, sizeof active);
}

static void set_authentication(struct socket *socket) {
	for (size_t i = 0; i < auth_chunk_count; i++) {
		struct sctp_authchunk chunk = {.sauth_chunk = auth_chunks[i]};
		set_option(socket, IPPROTO_SCTP, SCTP_AUTH_CHUNK, &chunk, sizeof chunk);
	}
	for (size_t i = 0; i < auth_key_count; i++) {
		_Alignas(struct sctp_authkey) uint8_t bytes[sizeof(struct sctp_authkey) + 64];
		struct sctp_authkey *key = (struct sctp_authkey *)bytes;
		size_t length = strlen(auth_keys[i].text);
		if (length > 64) die("--auth-key");
		*key = (struct sctp_authkey){.sca_assoc_id = SCTP_FUTURE_ASSOC,
		                             .sca_keynumber = (uint16_t)auth_keys[i].id,
		                             .sca_keylength = (uint16_t)length};
		memcpy(key->sca_key, auth_keys[i].text, length);
		set_option(socket, IPPROTO_SCTP, SCTP_AUTH_KEY, key, (socklen_t)(sizeof *key + length));
		use_key(socket, SCTP_FUTURE_ASSOC, auth_keys[i].id);
	}
}

static void set_adaptation(struct socket *socket) {
	struct sctp_setadaptation layer = {.ssb_adaptation_ind = adaptation};
	if (says_adaptation) set_option(socket, IPPROTO_SCTP, SCTP_ADAPTATION_LAYER, &layer, sizeof layer);
}

/* The socket of everything but the churn and the crowd: it tells what becomes of its associations. */
static struct socket *open_main_socket(void) {
	struct socket *socket = open_socket(&endpoint, SOCK_SEQPACKET, &tuning);
	if (tuning.buffer_bytes > 0) {
		int point = tuning.buffer_bytes / 2; /* Messages come whole. */
		set_option(socket, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, &point, sizeof point);
	}
	struct sctp_assoc_value resets = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = SCTP_ENABLE_VALUE_MASK};
	set_option(socket, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &resets, sizeof resets);
	want_event(socket, SCTP_ASSOC_CHANGE);
	want_event(socket, SCTP_PEER_ADDR_CHANGE);
	want_event(socket, SCTP_SHUTDOWN_EVENT);
	want_event(socket, SCTP_REMOTE_ERROR);
	want_event(socket, SCTP_SEND_FAILED_EVENT);
	want_event(socket, SCTP_STREAM_RESET_EVENT);
	want_event(socket, SCTP_ASSOC_RESET_EVENT);
	want_event(socket, SCTP_STREAM_CHANGE_EVENT);
	struct sctp_assoc_value all = {.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = SCTP_ENABLE_VALUE_MASK};
	set_option(socket, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &all, sizeof all);
	want_event(socket, SCTP_ADAPTATION_INDICATION);
	set_authentication(socket);
	set_adaptation(socket);
	return socket;
}

/* Sends one message, to the association or, without one, to the server. */
static ssize_t send_message(struct socket *socket, const void *bytes, size_t length, struct sctp_sndinfo *info) {
	struct sockaddr_in server = remote_address(&endpoint, endpoint.sctp_port);
	int to_server = info->snd_assoc_id == 0;
	return usrsctp_sendv(socket, bytes, length, to_server ? (struct sockaddr *)&server : NULL, to_server ? 1 : 0, info,
	                     sizeof *info, SCTP_SENDV_SNDINFO, 0);
}

static void on_association_change(const struct sctp_assoc_change *change) {
	size_t causes = change->sac_length > sizeof *change ? change->sac_length - sizeof *change : 0;
	switch (change->sac_state) {
	case SCTP_COMM_UP:
		current_association = change->sac_assoc_id;
		tell("UP %u in %u out %u", change->sac_assoc_id, change->sac_inbound_streams, change->sac_outbound_streams);
		break;
	case SCTP_COMM_LOST: {
		/* sac_info is the ABORT chunk: its header, then the causes. A user's reason is told as text. */
		uint16_t code = causes >= 8 ? (uint16_t)((change->sac_info[4] << 8) | change->sac_info[5]) : 0;
		int reason = code == 12 ? (int)causes - 8 : 0;
		tell("LOST %u cause %u %.*s", change->sac_assoc_id, code, reason > 0 ? reason : 0,
		     reason > 0 ? (const char *)change->sac_info + 8 : "");
		break;
	}
	case SCTP_RESTART:
		tell("RESTART %u", change->sac_assoc_id);
		break;
	case SCTP_SHUTDOWN_COMP:
		tell("ENDED %u", change->sac_assoc_id);
		break;
	default:
		tell("FAILED %u", change->sac_assoc_id);
	}
}

static void on_path_change(const struct sctp_paddr_change *change) {
	static const char *const states[] = {"?", "available", "unreachable", "removed", "added", "primary", "confirmed"};
	char address[INET_ADDRSTRLEN] = "?";
	if (change->spc_aaddr.ss_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)&change->spc_aaddr)->sin_addr, address, sizeof address);
	tell("PATH %s %s", address, states[change->spc_state < 7 ? change->spc_state : 0]);
}

/* A list without streams means all. */
static void on_stream_reset(const struct sctp_stream_reset_event *reset) {
	size_t count = (reset->strreset_length - sizeof *reset) / sizeof reset->strreset_stream_list[0];
	tell("STREAM-RESET %u %d", reset->strreset_flags, count > 0 ? reset->strreset_stream_list[0] : -1);
}

static void on_notification(const union sctp_notification *notification) {
	switch (notification->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		on_association_change(&notification->sn_assoc_change);
		break;
	case SCTP_PEER_ADDR_CHANGE:
		on_path_change(&notification->sn_paddr_change);
		break;
	case SCTP_SHUTDOWN_EVENT:
		tell("SHUTDOWN %u", notification->sn_shutdown_event.sse_assoc_id);
		break;
	case SCTP_REMOTE_ERROR:
		tell("ERROR cause %u", ntohs(notification->sn_remote_error.sre_error));
		break;
	case SCTP_SEND_FAILED_EVENT:
		tell("SEND-FAILED");
		break;
	case SCTP_ADAPTATION_INDICATION:
		tell("ADAPTATION %u", notification->sn_adaptation_event.sai_adaptation_ind);
		break;
	case SCTP_STREAM_RESET_EVENT:
		on_stream_reset(&notification->sn_strreset_event);
		break;
	case SCTP_ASSOC_RESET_EVENT:
		tell("ASSOCIATION-RESET %u", notification->sn_assocreset_event.assocreset_flags);
		break;
	case SCTP_STREAM_CHANGE_EVENT:
		tell("STREAM-CHANGE %u %u %u", notification->sn_strchange_event.strchange_flags,
		     notification->sn_strchange_event.strchange_instrms, notification->sn_strchange_event.strchange_outstrms);
		break;
	}
}

static void on_message(struct socket *socket, const uint8_t *bytes, size_t length, const struct sctp_rcvinfo *from) {
	int unordered = (from->rcv_flags & SCTP_UNORDERED) != 0;
	total_messages++;
	total_bytes += length;
	if (report_on) {
		tell("MESSAGE %u %u %d %zu %u", from->rcv_sid, ntohl(from->rcv_ppid), unordered, length, digest(bytes, length));
	}
	if (!echo_on) return;
	struct sctp_sndinfo info = {.snd_sid = from->rcv_sid,
	                            .snd_flags = unordered ? SCTP_UNORDERED : 0,
	                            .snd_ppid = from->rcv_ppid,
	                            .snd_assoc_id = from->rcv_assoc_id};
	if (send_message(socket, bytes, length, &info) < 0) tell("ECHO-FAILED %s", strerror(errno));
}

/* Reads whole messages and notifications, for ever. */
static void *receive(void *argument) {
	struct socket *socket = argument;
	uint8_t *bytes = malloc(MAX_MESSAGE);
	size_t length = 0;
	if (bytes == NULL) die("malloc");
	for (;;) {
		struct sockaddr_in from;
		struct sctp_rcvinfo info;
		socklen_t from_length = sizeof from, info_length = sizeof info;
		unsigned int info_type = 0;
		int flags = 0;
		memset(&info, 0, sizeof info);
		ssize_t count = usrsctp_recvv(socket, bytes + length, MAX_MESSAGE - length, (struct sockaddr *)&from, &from_length,
		                              &info, &info_length, &info_type, &flags);
		if (count < 0) return NULL;
		length += (size_t)count;
		if ((flags & MSG_EOR) == 0) continue;
		if (flags & MSG_NOTIFICATION) on_notification((const union sctp_notification *)bytes);
		else on_message(socket, bytes, length, &info);
		length = 0;
	}
}

/* Sizes go up evenly from the smallest to the largest. */
static void send_many(struct socket *socket, unsigned count, size_t smallest, size_t largest, unsigned streams, int unordered) {
	uint8_t *bytes = malloc(largest);
	if (bytes == NULL) die("malloc");
	for (unsigned i = 0; i < count; i++) {
		size_t length = count > 1 ? smallest + (largest - smallest) * i / (count - 1) : smallest;
		struct sctp_sndinfo info = {.snd_sid = (uint16_t)(i % streams),
		                            .snd_flags = unordered ? SCTP_UNORDERED : 0,
		                            .snd_ppid = htonl(PPID_BASE + i),
		                            .snd_assoc_id = current_association};
		fill_message(bytes, length, i);
		if (send_message(socket, bytes, length, &info) < 0) {
			tell("SEND-ERROR %s", strerror(errno));
			break;
		}
	}
	free(bytes);
	tell("SENT %u", count);
}

static void end_association(struct socket *socket, int flag, const char *reason) {
	struct sctp_sndinfo info = {.snd_flags = (uint16_t)flag, .snd_assoc_id = current_association};
	if (send_message(socket, reason, strlen(reason), &info) < 0) tell("END-ERROR %s", strerror(errno));
}

static void send_unreliable(struct socket *socket, unsigned count, size_t length) {
	struct sctp_sendv_spa how = {.sendv_flags = SCTP_SEND_SNDINFO_VALID | SCTP_SEND_PRINFO_VALID,
	                             .sendv_sndinfo = {.snd_assoc_id = current_association},
	                             .sendv_prinfo = {.pr_policy = SCTP_PR_SCTP_RTX, .pr_value = 0}};
	uint8_t *bytes = malloc(length);
	if (bytes == NULL) die("malloc");
	for (unsigned i = 0; i < count; i++) {
		how.sendv_sndinfo.snd_sid = (uint16_t)(i % 4);
		how.sendv_sndinfo.snd_ppid = htonl(PPID_BASE + i);
		fill_message(bytes, length, i);
		if (usrsctp_sendv(socket, bytes, length, NULL, 0, &how, sizeof how, SCTP_SENDV_SPA, 0) < 0)
			tell("SEND-ERROR %s", strerror(errno));
	}
	free(bytes);
}

static void send_heartbeat(struct socket *socket) {
	struct sctp_paddrparams parameters;
	struct sockaddr_in remote = remote_address(&endpoint, 0);
	memset(&parameters, 0, sizeof parameters);
	memcpy(&parameters.spp_address, &remote, sizeof remote);
	parameters.spp_assoc_id = current_association;
	parameters.spp_flags = SPP_HB_DEMAND;
	set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
}

static void stop_heartbeats(struct socket *socket) {
	struct sctp_paddrparams parameters;
	memset(&parameters, 0, sizeof parameters);
	parameters.spp_address.ss_family = AF_INET;
	parameters.spp_assoc_id = current_association;
	parameters.spp_flags = SPP_HB_DISABLE;
	set_option(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &parameters, sizeof parameters);
}

static void reset_stream(struct socket *socket, uint16_t stream, int flags) {
	_Alignas(struct sctp_reset_streams) uint8_t bytes[sizeof(struct sctp_reset_streams) + sizeof stream];
	struct sctp_reset_streams *reset = (struct sctp_reset_streams *)bytes;
	*reset = (struct sctp_reset_streams){
	    .srs_assoc_id = current_association, .srs_flags = (uint16_t)flags, .srs_number_streams = 1};
	memcpy(reset->srs_stream_list, &stream, sizeof stream);
	set_option(socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, reset, sizeof bytes);
}

static void reset_association(struct socket *socket) {
	sctp_assoc_t association = current_association;
	set_option(socket, IPPROTO_SCTP, SCTP_RESET_ASSOC, &association, sizeof association);
}

static void add_streams(struct socket *socket, uint16_t out, uint16_t in) {
	struct sctp_add_streams more = {.sas_assoc_id = current_association, .sas_outstrms = out, .sas_instrms = in};
	set_option(socket, IPPROTO_SCTP, SCTP_ADD_STREAMS, &more, sizeof more);
}

static struct sockaddr_in ipv4(const char *text) {
	struct sockaddr_in address = {.sin_family = AF_INET};
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1) die("ADDRESS");
	return address;
}

static void be_primary(struct socket *socket, const char *text) {
	struct sctp_setpeerprim primary;
	struct sockaddr_in own = ipv4(text);
	memset(&primary, 0, sizeof primary);
	memcpy(&primary.sspp_addr, &own, sizeof own);
	primary.sspp_assoc_id = current_association;
	set_option(socket, IPPROTO_SCTP, SCTP_SET_PEER_PRIMARY_ADDR, &primary, sizeof primary);
}

static void choose_primary(struct socket *socket, const char *text) {
	struct sctp_setprim primary;
	struct sockaddr_in remote = ipv4(text);
	memset(&primary, 0, sizeof primary);
	memcpy(&primary.ssp_addr, &remote, sizeof remote);
	primary.ssp_assoc_id = current_association;
	set_option(socket, IPPROTO_SCTP, SCTP_PRIMARY_ADDR, &primary, sizeof primary);
}

static void change_addresses(struct socket *socket, const char *text, int flag) {
	struct sockaddr_in own = ipv4(text);
	if (usrsctp_bindx(socket, (struct sockaddr *)&own, 1, flag) < 0) die("bindx");
}

static struct socket *connect_stream(void) {
	struct socket *socket = open_socket(&endpoint, SOCK_STREAM, &tuning);
	struct sockaddr_in server = remote_address(&endpoint, endpoint.sctp_port);
	if (usrsctp_connect(socket, (struct sockaddr *)&server, sizeof server) == 0) return socket;
	tell("CONNECT-ERROR %s", strerror(errno));
	usrsctp_close(socket);
	return NULL;
}

/* One message there and back, then a graceful end. */
static int exchange(struct socket *socket) {
	struct sctp_sndinfo info = {.snd_ppid = htonl(7)};
	uint8_t bytes[64];
	int ok = usrsctp_sendv(socket, "ping", 4, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) == 4;
	ok = ok && usrsctp_recvv(socket, bytes, sizeof bytes, NULL, &(socklen_t){0}, NULL, &(socklen_t){0}, &(unsigned){0},
	                         &(int){0}) == 4;
	usrsctp_shutdown(socket, SHUT_WR);
	while (ok && usrsctp_recvv(socket, bytes, sizeof bytes, NULL, &(socklen_t){0}, NULL, &(socklen_t){0}, &(unsigned){0},
	                           &(int){0}) > 0) {
	}
	usrsctp_close(socket);
	return ok;
}

static void churn(unsigned count) {
	unsigned good = 0;
	for (unsigned i = 0; i < count; i++) {
		struct socket *socket = connect_stream();
		if (socket != NULL && exchange(socket)) good++;
	}
	tell("CHURNED %u", good);
}

static void *exchange_alone(void *argument) {
	return exchange(argument) ? argument : NULL;
}

static void crowd(unsigned count) {
	static struct socket *sockets[MAX_CROWD];
	static pthread_t threads[MAX_CROWD];
	unsigned connected = 0, good = 0;
	for (; connected < count && connected < MAX_CROWD; connected++) {
		sockets[connected] = connect_stream();
		if (sockets[connected] == NULL) break;
	}
	tell("CROWD-UP %u", connected);
	for (unsigned i = 0; i < connected; i++) pthread_create(&threads[i], NULL, exchange_alone, sockets[i]);
	for (unsigned i = 0; i < connected; i++) {
		void *result = NULL;
		pthread_join(threads[i], &result);
		if (result != NULL) good++;
	}
	tell("CROWDED %u", good);
}

static void connect_to(struct socket *socket, uint16_t port) {
	struct sockaddr_in server = remote_address(&endpoint, port);
	if (usrsctp_connect(socket, (struct sockaddr *)&server, sizeof server) < 0) tell("CONNECT-ERROR %s", strerror(errno));
}

static void obey(struct socket *socket) {
	char line[512], word[16], rest[400];
	while (fgets(line, sizeof line, stdin) != NULL) {
		unsigned count = 0, smallest = 0, largest = 0, streams = 1, unordered = 0;
		uint16_t port = 0;
		word[0] = rest[0] = '\0';
		sscanf(line, "%15s %399[^\n]", word, rest);
		if (strcmp(word, "echo") == 0) echo_on = strcmp(rest, "on") == 0;
		else if (strcmp(word, "report") == 0) report_on = strcmp(rest, "on") == 0;
		else if (strcmp(word, "totals") == 0) tell("TOTALS %llu %llu", (unsigned long long)total_messages, (unsigned long long)total_bytes);
		else if (sscanf(line, "send %u %u %u %u %u", &count, &smallest, &largest, &streams, &unordered) == 5)
			send_many(socket, count, smallest, largest, streams, (int)unordered);
		else if (sscanf(line, "unreliable %u %u", &count, &largest) == 2) send_unreliable(socket, count, largest);
		else if (strcmp(word, "heartbeat") == 0) send_heartbeat(socket);
		else if (strcmp(word, "heartbeats-off") == 0) stop_heartbeats(socket);
		else if (sscanf(line, "auth-key %u", &count) == 1) use_key(socket, current_association, count);
		else if (sscanf(line, "reset in %u", &streams) == 1) reset_stream(socket, (uint16_t)streams, SCTP_STREAM_RESET_INCOMING);
		else if (sscanf(line, "reset out %u", &streams) == 1) reset_stream(socket, (uint16_t)streams, SCTP_STREAM_RESET_OUTGOING);
		else if (sscanf(line, "reset both %u", &streams) == 1)
			reset_stream(socket, (uint16_t)streams, SCTP_STREAM_RESET_INCOMING | SCTP_STREAM_RESET_OUTGOING);
		else if (strcmp(word, "reset-association") == 0) reset_association(socket);
		else if (sscanf(line, "add-streams %u %u", &count, &largest) == 2) add_streams(socket, (uint16_t)count, (uint16_t)largest);
		else if (strcmp(word, "be-primary") == 0) be_primary(socket, rest[0] != '\0' ? rest : "127.0.0.1");
		else if (strcmp(word, "primary") == 0) choose_primary(socket, rest);
		else if (strcmp(word, "add") == 0) change_addresses(socket, rest, SCTP_BINDX_ADD_ADDR);
		else if (strcmp(word, "remove") == 0) change_addresses(socket, rest, SCTP_BINDX_REM_ADDR);
		else if (strcmp(word, "connect") == 0) connect_to(socket, sscanf(rest, "%hu", &port) == 1 ? port : endpoint.sctp_port);
		else if (strcmp(word, "shutdown") == 0) end_association(socket, SCTP_EOF, "");
		else if (strcmp(word, "abort") == 0) end_association(socket, SCTP_ABORT, rest);
		else if (sscanf(line, "churn %u", &count) == 1) churn(count);
		else if (sscanf(line, "crowd %u", &count) == 1) crowd(count);
		else if (strcmp(word, "quit") == 0) return;
		else tell("UNKNOWN %s", word);
	}
}

/* "ID:TEXT" */
static struct shared_key read_key(const char *value) {
	const char *colon = strchr(value, ':');
	if (colon == NULL) die("--auth-key");
	return (struct shared_key){.id = (unsigned)atoi(value), .text = colon + 1};
}

static void read_option(const char *name, const char *value) {
	enum { HOUR_MS = 3600000 };
	if (strcmp(name, "--remote") == 0) read_remote(&endpoint, value);
	else if (strcmp(name, "--bind") == 0) read_local(&endpoint, value);
	else if (strcmp(name, "--rto-initial") == 0) tuning.rto_initial_ms = (uint32_t)number(value, 1, HOUR_MS, name);
	else if (strcmp(name, "--rto-min") == 0) tuning.rto_min_ms = (uint32_t)number(value, 1, HOUR_MS, name);
	else if (strcmp(name, "--rto-max") == 0) tuning.rto_max_ms = (uint32_t)number(value, 1, HOUR_MS, name);
	else if (strcmp(name, "--heartbeat") == 0) tuning.heartbeat_ms = (uint32_t)number(value, 1, HOUR_MS, name);
	else if (strcmp(name, "--packet") == 0) tuning.packet_bytes = (int)number(value, 560, 65507, name);
	else if (strcmp(name, "--buffer") == 0) tuning.buffer_bytes = (int)number(value, 0, 1 << 30, name);
	else if (strcmp(name, "--nr-sack") == 0) tuning.nr_sack = (int)number(value, 0, 1, name);
	else if (strcmp(name, "--interleave") == 0) tuning.interleave = (int)number(value, 0, 1, name);
	else if (strcmp(name, "--scheduler") == 0) tuning.scheduler = (uint32_t)number(value, 0, 5, name);
	else if (strcmp(name, "--auth-chunk") == 0 && auth_chunk_count < MAX_AUTH_CHUNKS)
		auth_chunks[auth_chunk_count++] = (uint8_t)number(value, 0, 255, name);
	else if (strcmp(name, "--auth-key") == 0 && auth_key_count < MAX_AUTH_KEYS)
		auth_keys[auth_key_count++] = read_key(value);
	else if (strcmp(name, "--adaptation") == 0) {
		says_adaptation = 1;
		adaptation = (uint32_t)number(value, 0, UINT32_MAX, name);
	} else if (strcmp(name, "--cmt") == 0) cmt = (uint32_t)number(value, SCTP_CMT_OFF, SCTP_CMT_MAX, name);
	else if (strcmp(name, "--path-errors") == 0) tuning.path_errors = (uint16_t)number(value, 1, 255, name);
	else {
		fprintf(stderr, "unknown option %s\n", name);
		exit(2);
	}
}

int main(int argc, char **argv) {
	if (argc < 5 || argc % 2 == 0 || (strcmp(argv[1], "server") != 0 && strcmp(argv[1], "client") != 0)) {
		fprintf(stderr, "usage: %s server|client LOCAL_UDP REMOTE_UDP SCTP_PORT [OPTION VALUE]...\n", argv[0]);
		return 2;
	}
	int is_server = strcmp(argv[1], "server") == 0;
	endpoint = read_endpoint(argv + 2);
	for (int i = 5; i + 1 < argc; i += 2) read_option(argv[i], argv[i + 1]);
	echo_on = is_server;
	start_usrsctp(&endpoint);
	usrsctp_sysctl_set_sctp_cmt_on_off(cmt); /* Each socket takes it up when it is made. */
	struct socket *socket = open_main_socket();
	bind_socket(socket, &endpoint, (uint16_t)(is_server ? endpoint.sctp_port : endpoint.sctp_port + 1));
	if (is_server && usrsctp_listen(socket, MAX_CROWD) < 0) die("listen");
	pthread_t receiver;
	pthread_create(&receiver, NULL, receive, socket);
	tell("READY");
	obey(socket);
	_exit(0); /* As a process that dies: nothing is said to the peer. */
}
