/*
 * A link between two hosts that are network namespaces: a TUN device in each, and in either direction a rate, a delay and a
 * queue, losses and reordering from a seed. It keeps the contract of ../peers/node/contract.ts as far as it goes:
 *
 *   link --near NAMESPACE --far NAMESPACE --device NAME --seed N --sample MS [[--both|--there|--back] --OPTION VALUE...]...
 *
 *   --rate MBITS       of whole IP packets                      --delay MS     from the end of a packet's transmission
 *   --queue BYTES      what waits, and what is being sent       --jitter MS    at most so much more, in order
 *   --loss PERCENT     of the packets, before the queue         --burst N      lost in a row, in the mean
 *   --reorder PERCENT  come late                                --late MS      by so much
 *   --drop N           the Nth large packet after a pause is lost, and with `--drops N` so many from there on; the next
 *                      one, which may be the same again, begins nothing
 *
 * It writes one JSON object a line: "ready", and for each line that it reads, "mark" or "samples", what the link has done so
 * far, or how many bytes have been waiting, every so often. When its input ends it exits, and the devices are gone.
 *
 * A packet that is read late, since the host had other things to do, is not sent in the past; what waited before it is sent
 * when it was due, so that a queue which is never empty carries the rate exactly.
 *
 * Owns: the devices, what arrives when, what is lost. Does not own: addresses and namespaces (network.ts).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST_PACKET = 1500, LARGE_PACKET = 1000, READ_AT_ONCE = 64, MAX_SAMPLES = 1 << 20 };

static const uint64_t NS_PER_MS = 1000000, NEVER = UINT64_MAX;
/* Of no large packet: what comes then begins a burst. */
static const uint64_t PAUSE_NS = 100000000;

struct packet {
	struct packet *next;
	uint64_t arrival;
	size_t length;
	uint8_t bytes[];
};

/* In order of arrival. */
struct line {
	struct packet *first, *last;
};

struct direction {
	/* Times in nanoseconds, shares from 0 to 1. */
	double ns_per_byte, delay, jitter, loss, burst, reorder, late;
	uint64_t queue_bytes;
	unsigned drop_nth, drops;

	int from, to; /* The devices' files. */
	uint64_t random;
	uint64_t free_at; /* When the last packet that waits will have been sent. */
	struct line in_time, late_ones;
	int in_burst;
	unsigned burst_count; /* Large packets since the last pause. */
	int was_dropped;      /* The next large packet is no beginning of a burst. */
	uint64_t large_at;

	unsigned long long packets, bytes, at_random, by_queue, too_large, refused;
	uint32_t *samples;
};

static struct direction there, back;
static const char *near_name, *far_name, *device_name = "link0";
static uint64_t seed = 1, sample_ns = 10000000, next_sample;
static size_t sample_count;
static double first_sample_seconds;

static void die(const char *what) {
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A Weyl sequence, mixed: each step is one to one, so that no seed is a bad one. From 0, below 1. */
static double fraction(struct direction *direction) {
	direction->random += 0x9e3779b97f4a7c15u;
	uint64_t mixed = direction->random;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return (double)((mixed ^ (mixed >> 31)) >> 11) / 9007199254740992.0;
}

static int chance(struct direction *direction, double share) {
	return share > 0 && fraction(direction) < share;
}

/* Two states: in a burst everything is lost; how often one begins follows from how long they are, and what is lost in all. */
static int is_lost_at_random(struct direction *direction) {
	if (direction->burst <= 1) return chance(direction, direction->loss);
	if (direction->in_burst) direction->in_burst = !chance(direction, 1 / direction->burst);
	else direction->in_burst = chance(direction, direction->loss / (direction->burst * (1 - direction->loss)));
	return direction->in_burst;
}

static int is_lost_by_number(struct direction *direction, size_t length, uint64_t now) {
	if (direction->drop_nth == 0 || length < LARGE_PACKET) return 0;
	int is_beginning = now - direction->large_at > PAUSE_NS && !direction->was_dropped;
	direction->burst_count = is_beginning ? 1 : direction->burst_count + 1;
	direction->large_at = now;
	direction->was_dropped =
	    direction->burst_count >= direction->drop_nth && direction->burst_count - direction->drop_nth < direction->drops;
	return direction->was_dropped;
}

static void append(struct line *line, struct packet *packet) {
	packet->next = NULL;
	/* Jitter reorders nothing. */
	if (line->first != NULL && packet->arrival < line->last->arrival) packet->arrival = line->last->arrival;
	if (line->first == NULL) line->first = packet;
	else line->last->next = packet;
	line->last = packet;
}

static uint64_t waiting_bytes(const struct direction *direction, uint64_t now) {
	if (direction->free_at <= now) return 0;
	return (uint64_t)((double)(direction->free_at - now) / direction->ns_per_byte + 0.5);
}

static void take(struct direction *direction, const uint8_t *bytes, size_t length, uint64_t now) {
	if (length > LARGEST_PACKET) {
		direction->too_large++;
		return;
	}
	if (is_lost_at_random(direction) || is_lost_by_number(direction, length, now)) {
		direction->at_random++;
		return;
	}
	if (waiting_bytes(direction, now) + length > direction->queue_bytes) {
		direction->by_queue++;
		return;
	}
	struct packet *packet = malloc(sizeof *packet + length);
	if (packet == NULL) die("malloc");
	uint64_t start = direction->free_at > now ? direction->free_at : now;
	direction->free_at = start + (uint64_t)((double)length * direction->ns_per_byte + 0.5);
	packet->arrival = direction->free_at + (uint64_t)direction->delay;
	if (direction->jitter > 0) packet->arrival += (uint64_t)(fraction(direction) * direction->jitter);
	packet->length = length;
	memcpy(packet->bytes, bytes, length);
	if (chance(direction, direction->reorder)) {
		packet->arrival += (uint64_t)direction->late;
		append(&direction->late_ones, packet);
	} else {
		append(&direction->in_time, packet);
	}
}

/* Not for ever: what is due on the other side has its turn as well. */
static void read_packets(struct direction *direction) {
	static uint8_t bytes[65536];
	for (int i = 0; i < READ_AT_ONCE; i++) {
		ssize_t length = read(direction->from, bytes, sizeof bytes);
		if (length <= 0) return;
		take(direction, bytes, (size_t)length, now_ns());
	}
}

static void deliver_line(struct direction *direction, struct line *line, uint64_t now) {
	while (line->first != NULL && line->first->arrival <= now) {
		struct packet *packet = line->first;
		line->first = packet->next;
		if (write(direction->to, packet->bytes, packet->length) == (ssize_t)packet->length) {
			direction->packets++;
			direction->bytes += packet->length;
		} else {
			direction->refused++;
		}
		free(packet);
	}
}

static void deliver(struct direction *direction, uint64_t now) {
	deliver_line(direction, &direction->in_time, now);
	deliver_line(direction, &direction->late_ones, now);
}

static uint64_t next_arrival(const struct direction *direction) {
	uint64_t soonest = NEVER;
	if (direction->in_time.first != NULL) soonest = direction->in_time.first->arrival;
	if (direction->late_ones.first != NULL && direction->late_ones.first->arrival < soonest)
		soonest = direction->late_ones.first->arrival;
	return soonest;
}

static void take_sample(uint64_t now) {
	next_sample += sample_ns;
	if (next_sample <= now) next_sample = now + sample_ns;
	if (sample_count == MAX_SAMPLES) return;
	if (sample_count == 0) first_sample_seconds = (double)now / 1e9;
	there.samples[sample_count] = (uint32_t)waiting_bytes(&there, now);
	back.samples[sample_count] = (uint32_t)waiting_bytes(&back, now);
	sample_count++;
}

static void print_counts(const char *name, const struct direction *direction) {
	printf(",\"%s\":{\"packets\":%llu,\"bytes\":%llu,\"atRandom\":%llu,\"byQueue\":%llu,\"tooLarge\":%llu,\"refused\":%llu}",
	       name, direction->packets, direction->bytes, direction->at_random, direction->by_queue, direction->too_large,
	       direction->refused);
}

static void print_mark(void) {
	printf("{\"event\":\"mark\",\"seconds\":%.9f,\"messages\":%llu,\"bytes\":%llu", (double)now_ns() / 1e9, there.packets,
	       there.bytes);
	print_counts("there", &there);
	print_counts("back", &back);
	printf("}\n");
}

static void print_list(const char *name, const uint32_t *numbers) {
	printf(",\"%s\":[", name);
	for (size_t i = 0; i < sample_count; i++) printf(i == 0 ? "%u" : ",%u", numbers[i]);
	printf("]");
}

static void print_samples(void) {
	printf("{\"event\":\"samples\",\"seconds\":%.9f,\"everyMs\":%g", first_sample_seconds,
	       (double)sample_ns / (double)NS_PER_MS);
	print_list("there", there.samples);
	print_list("back", back.samples);
	printf("}\n");
	sample_count = 0;
}

/* Ends the program when the input ends. */
static void read_orders(void) {
	static char text[256];
	static size_t held;
	ssize_t length = read(STDIN_FILENO, text + held, sizeof text - 1 - held);
	if (length <= 0) exit(0);
	held += (size_t)length;
	text[held] = '\0';
	for (char *end = strchr(text, '\n'); end != NULL; end = strchr(text, '\n')) {
		*end = '\0';
		if (strcmp(text, "mark") == 0) print_mark();
		if (strcmp(text, "samples") == 0) print_samples();
		held -= (size_t)(end + 1 - text);
		memmove(text, end + 1, held + 1);
	}
	if (held == sizeof text - 1) held = 0; /* No order is as long as that. */
	fflush(stdout);
}

static void enter(const char *namespace) {
	char path[256];
	snprintf(path, sizeof path, "/run/netns/%s", namespace);
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0) die(path);
	if (setns(file, CLONE_NEWNET) < 0) die("setns");
	close(file);
}

/* A device in a namespace; its file works from anywhere. */
static int open_device(const char *namespace) {
	enter(namespace);
	int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (file < 0) die("/dev/net/tun");
	struct ifreq request;
	memset(&request, 0, sizeof request);
	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device_name);
	if (ioctl(file, TUNSETIFF, &request) < 0) die("TUNSETIFF");
	return file;
}

static double number(const char *name, const char *text, double least, double most) {
	char *end;
	double value = strtod(text, &end);
	if (*text == '\0' || *end != '\0' || !(value >= least && value <= most)) {
		fprintf(stderr, "%s wants a number from %g to %g, not \"%s\"\n", name, least, most, text);
		exit(2);
	}
	return value;
}

/* Tells whether there is such an option of a direction. */
static int set_direction(struct direction *direction, const char *name, const char *value) {
	const double most_ms = 60000;
	if (strcmp(name, "--rate") == 0) direction->ns_per_byte = 8000 / number(name, value, 0.001, 100000);
	else if (strcmp(name, "--delay") == 0) direction->delay = 1e6 * number(name, value, 0, most_ms);
	else if (strcmp(name, "--jitter") == 0) direction->jitter = 1e6 * number(name, value, 0, most_ms);
	else if (strcmp(name, "--late") == 0) direction->late = 1e6 * number(name, value, 0, most_ms);
	else if (strcmp(name, "--loss") == 0) direction->loss = number(name, value, 0, 99) / 100;
	else if (strcmp(name, "--reorder") == 0) direction->reorder = number(name, value, 0, 100) / 100;
	else if (strcmp(name, "--burst") == 0) direction->burst = number(name, value, 0, 1e6);
	else if (strcmp(name, "--queue") == 0) direction->queue_bytes = (uint64_t)number(name, value, 0, 4e9);
	else if (strcmp(name, "--drop") == 0) direction->drop_nth = (unsigned)number(name, value, 0, 1e6);
	else if (strcmp(name, "--drops") == 0) direction->drops = (unsigned)number(name, value, 0, 1e6);
	else return 0;
	return 1;
}

static int set_whole(const char *name, const char *value) {
	if (strcmp(name, "--near") == 0) near_name = value;
	else if (strcmp(name, "--far") == 0) far_name = value;
	else if (strcmp(name, "--device") == 0) device_name = value;
	else if (strcmp(name, "--seed") == 0) seed = (uint64_t)number(name, value, 0, 4e9);
	else if (strcmp(name, "--sample") == 0) sample_ns = (uint64_t)(1e6 * number(name, value, 0.1, 60000));
	else return 0;
	return 1;
}

static void read_options(int argc, char **argv) {
	int is_there = 1, is_back = 1;
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(name, "--both") == 0 || strcmp(name, "--there") == 0 || strcmp(name, "--back") == 0) {
			is_there = strcmp(name, "--back") != 0;
			is_back = strcmp(name, "--there") != 0;
			continue;
		}
		int is_known = set_whole(name, value);
		if (!is_known && is_there) is_known = set_direction(&there, name, value);
		if (!is_known || is_back) is_known = set_direction(&back, name, value) || is_known;
		if (!is_known) {
			fprintf(stderr, "there is no option %s\n", name);
			exit(2);
		}
		i++;
	}
	if (near_name == NULL || far_name == NULL) {
		fprintf(stderr, "--near and --far name the two namespaces\n");
		exit(2);
	}
}

/* What else runs on the host comes second, where that may be asked for. */
static int be_punctual(void) {
	struct sched_param parameters = {.sched_priority = 10};
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	return sched_setscheduler(0, SCHED_FIFO, &parameters) == 0;
}

static void run(void) {
	next_sample = now_ns() + sample_ns;
	for (;;) {
		uint64_t now = now_ns();
		deliver(&there, now);
		deliver(&back, now);
		if (next_sample <= now) take_sample(now);
		uint64_t until = next_sample;
		if (next_arrival(&there) < until) until = next_arrival(&there);
		if (next_arrival(&back) < until) until = next_arrival(&back);
		now = now_ns();
		uint64_t wait = until > now ? until - now : 0;
		struct timespec timeout = {(time_t)(wait / 1000000000u), (long)(wait % 1000000000u)};
		struct pollfd files[] = {{there.from, POLLIN, 0}, {back.from, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
		if (ppoll(files, 3, &timeout, NULL) < 0 && errno != EINTR) die("ppoll");
		/* A device is gone with its namespace. */
		if ((files[0].revents | files[1].revents) & (POLLERR | POLLHUP | POLLNVAL)) exit(0);
		if (files[0].revents & POLLIN) read_packets(&there);
		if (files[1].revents & POLLIN) read_packets(&back);
		if (files[2].revents != 0) read_orders();
	}
}

int main(int argc, char **argv) {
	const struct direction usual = {.ns_per_byte = 80, .burst = 1, .queue_bytes = 250000, .drops = 1};
	there = back = usual;
	read_options(argc, argv);
	there.random = 2 * seed;
	back.random = 2 * seed + 1;
	there.from = back.to = open_device(near_name);
	back.from = there.to = open_device(far_name);
	there.samples = calloc(MAX_SAMPLES, sizeof *there.samples);
	back.samples = calloc(MAX_SAMPLES, sizeof *back.samples);
	if (there.samples == NULL || back.samples == NULL) die("calloc");
	printf("{\"event\":\"ready\",\"isPunctual\":%s}\n", be_punctual() ? "true" : "false");
	fflush(stdout);
	run();
}
