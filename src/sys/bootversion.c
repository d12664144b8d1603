/* SPDX-License-Identifier: MIT */
#include "sys/bootversion.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "sys/procfs.h"

#define LIBRARY "libsystemd-shared-"

/* The newest in a directory, whose name goes to *name. */
static unsigned newest_in(int root_fd, const char *dir, char *name, size_t size)
{
	int fd = procfs_open(root_fd, dir, O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned newest = 0;

	if (fd >= 0 && !d)
		close(fd);
	while (d && (entry = readdir(d))) {
		unsigned version;

		if (sscanf(entry->d_name, LIBRARY "%4u", &version) != 1 ||
		    !strstr(entry->d_name, ".so") || version <= newest)
			continue;
		newest = version;
		snprintf(name, size, "%s/%.200s", dir, entry->d_name);
	}
	return newest;
}

/* usr/lib/x86_64-linux-gnu/systemd of a multiarch system. */
static unsigned newest_multiarch(int root_fd, char *name, size_t size)
{
	int fd = procfs_open(root_fd, "usr/lib", O_RDONLY | O_DIRECTORY);
	own_dir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned newest = 0;

	if (fd >= 0 && !d)
		close(fd);
	while (d && newest == 0 && (entry = readdir(d))) {
		char dir[320];

		if (!strstr(entry->d_name, "-linux-"))
			continue;
		snprintf(dir, sizeof(dir), "usr/lib/%s/systemd", entry->d_name);
		newest = newest_in(root_fd, dir, name, size);
	}
	return newest;
}

static unsigned find_systemd(int root_fd, char *name, size_t size)
{
	static const char *const dirs[] = { "usr/lib/systemd", "usr/lib64/systemd",
					    "lib/systemd" };
	unsigned newest = 0;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && newest == 0; i++)
		newest = newest_in(root_fd, dirs[i], name, size);
	return newest ? newest : newest_multiarch(root_fd, name, size);
}

unsigned bootversion_systemd(int root_fd)
{
	char name[640];

	return find_systemd(root_fd, name, sizeof(name));
}

bool bootversion_systemd_file(int root_fd, char *path, size_t size)
{
	return find_systemd(root_fd, path, size) > 0;
}

/* The value of a line "NAME: value" */
static const char *field_of(const char *line, const char *name)
{
	size_t n = strlen(name);

	return strncmp(line, name, n) == 0 && line[n] == ':'
		       ? line + n + 1 + strspn(line + n + 1, " ")
		       : NULL;
}

/* The Version line of an installed procps; it can be long before its end. */
static bool find_version(FILE *f, char *ret, size_t size)
{
	own_free char *line = NULL;
	bool is_procps = false;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, f)) > 0) {
		const char *name, *version;

		line[strcspn(line, "\n")] = '\0';
		name = field_of(line, "Package");
		version = field_of(line, "Version");
		if (name)
			is_procps = strcmp(name, "procps") == 0;
		else if (line[0] == '\0')
			is_procps = false;
		if (!is_procps || !version)
			continue;
		snprintf(ret, size, "%s", version);
		return true;
	}
	return false;
}

static bool read_procps(int root_fd, char *ret, size_t size)
{
	int fd = procfs_open(root_fd, BOOTVERSION_DPKG, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	bool is_found = f && find_version(f, ret, size);

	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	return is_found;
}

unsigned bootversion_procps(int root_fd)
{
	unsigned major, minor, patch = 0;
	char version[80];
	const char *at = version, *colon;

	if (!read_procps(root_fd, version, sizeof(version)))
		return 0;
	colon = strchr(version, ':');
	if (colon)
		at = colon + 1;
	if (sscanf(at, "%2u.%2u.%2u", &major, &minor, &patch) < 2)
		return 0;
	return major * 10000 + minor * 100 + patch;
}

void bootversion_procps_stanza(int root_fd, struct text *to)
{
	char version[80];

	if (read_procps(root_fd, version, sizeof(version)))
		text_add(to, "Package: procps\nVersion: %s\n", version);
}
