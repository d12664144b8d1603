/* SPDX-License-Identifier: MIT */
/* Bytes as a recorded 'sockets.diag'. */
#include "fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "core/census.h"
#include "sys/sockdiag.h"

struct taken {
	uint64_t n;
	unsigned n_restarts;
};

static void take(void *to, const struct socket_row *row)
{
	struct taken *taken = to;

	MUST(census_state_name(row->state));
	taken->n++;
}

static void take_anew(void *to)
{
	struct taken *taken = to;

	taken->n = 0;
	taken->n_restarts++;
}

static struct dump_source *open_bytes(const uint8_t *bytes, size_t n)
{
	int fd = memfd_create("sockets.diag", MFD_CLOEXEC);
	struct dump_source *source = NULL;
	struct err e = { 0 };

	MUST(fd >= 0);
	MUST(n == 0 || write(fd, bytes, n) == (ssize_t)n);
	MUST(sockdiag_open_recording(&source, fd, &e) == 0);
	return source;
}

/* The sockets in those states; -1: it is no dump. */
static int64_t take_states(struct dump_source *source, uint32_t states)
{
	struct taken taken = { 0 };
	const struct socket_taker taker = { take, take_anew, &taken };
	bool is_interrupted;
	struct err e = { 0 };
	int r = sockdiag_take(source, states, &taker, &is_interrupted, &e);

	MUST(r <= 0 && e.code == -r && (r < 0) == (e.text[0] != '\0'));
	MUST(r < 0 || taken.n_restarts == (is_interrupted ? 3 : 1));
	return r < 0 ? -1 : (int64_t)taken.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct census untouched = { .orphans = 4711 };
	struct dump_source *source = open_bytes(bytes, n);
	struct census census = untouched;
	struct err e = { 0 };
	int64_t all = take_states(source, 0);
	int r = sockdiag_count(source, &census, &e);

	MUST((r < 0) == (all < 0));
	if (r < 0) {
		MUST(memcmp(&census, &untouched, sizeof(census)) == 0);
		MUST(take_states(source, 1 << TCP_TIME_WAIT) < 0);
	} else {
		MUST(census_sum(&census) == (uint64_t)all);
		for (int state = 1; state < CENSUS_STATES; state++)
			MUST(take_states(source, 1U << state) ==
			     (int64_t)census_total(&census, state));
	}
	sockdiag_close(&source);
	return 0;
}
