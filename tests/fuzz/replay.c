/* SPDX-License-Identifier: MIT */
/* Without libFuzzer: runs the target on files, and on every file of directories. */
#include "fuzz/fuzz.h"

#include <ftw.h>

static unsigned n_replayed;

static int replay(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = (size_t)st->st_size;
	uint8_t *bytes;
	FILE *f;

	(void)ftw;
	if (type != FTW_F)
		return 0;
	f = fopen(path, "rb");
	/* of just this size, so that the sanitizers see what reads beyond it */
	bytes = malloc(n ? n : 1);
	if (!f || !bytes || fread(bytes, 1, n, f) != n) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	fclose(f);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(bytes, n);
	free(bytes);
	n_replayed++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay, 8, FTW_PHYS) != 0) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
	}
	fprintf(stderr, "%u replayed\n", n_replayed);
	return n_replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
