/*
 * What the usrsctp programs share: one line of output at a time, arguments, the start of usrsctp, sockets.
 * Does not own: what is sent and received (usrsctp-peer.c).
 */
#ifndef PEER_H
#define PEER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <usrsctp.h>

enum { MAX_LOCAL_ADDRESSES = 4 };

/* Where this peer is and where the other one is. */
struct endpoint {
	uint16_t local_udp;
	uint16_t remote_udp;
	uint16_t sctp_port; /* The server's; a client takes the next one. */
	struct in_addr remote;
	/* What to bind, each listed in the INIT; none: 127.0.0.1 if the remote host is there too, else the wildcard. */
	struct in_addr local[MAX_LOCAL_ADDRESSES];
	int local_count;
};

/* What a socket is tuned to; 0 leaves usrsctp's own choice. */
struct tuning {
	int buffer_bytes;  /* Both of the association's buffers. */
	int packet_bytes;  /* The largest UDP payload, instead of what the interface can carry. */
	int streams;
	uint32_t rto_initial_ms, rto_min_ms, rto_max_ms;
	uint32_t heartbeat_ms;
	uint16_t path_errors; /* Path.Max.Retrans */
	int nr_sack;          /* NR-SACK instead of SACK, if the other side can do it too. */
	int interleave;       /* I-DATA instead of DATA, if the other side can do it too (RFC 8260). */
	uint32_t scheduler;   /* Of the streams: one of usrsctp's SCTP_SS_ values. */
};

/* Prints one line, whole, whichever thread asks. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Tells "FATAL what: errno" and ends the process. */
void die(const char *what) __attribute__((noreturn));

/* A whole number from `smallest` to `largest`; ends the process with a usage error otherwise. */
unsigned long number(const char *text, unsigned long smallest, unsigned long largest, const char *what);
/* Reads LOCAL_UDP REMOTE_UDP SCTP_PORT from the three arguments; the remote host is 127.0.0.1 until told otherwise. */
struct endpoint read_endpoint(char **arguments);
void read_remote(struct endpoint *endpoint, const char *text);
/* One more address to bind. */
void read_local(struct endpoint *endpoint, const char *text);

/* Starts usrsctp on the local UDP port; ends the process if somebody else has it. */
void start_usrsctp(const struct endpoint *endpoint);
/* A one-to-one (SOCK_STREAM) or one-to-many (SOCK_SEQPACKET) socket that speaks to the endpoint's remote UDP port. */
struct socket *open_socket(const struct endpoint *endpoint, int type, const struct tuning *tuning);
void bind_socket(struct socket *socket, const struct endpoint *endpoint, uint16_t port);
struct sockaddr_in remote_address(const struct endpoint *endpoint, uint16_t port);
void set_option(struct socket *socket, int level, int name, const void *value, socklen_t length);
void want_event(struct socket *socket, uint16_t type);

#endif
