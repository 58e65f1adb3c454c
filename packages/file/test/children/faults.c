/*
 * LD_PRELOAD: fails the system call number $FAULT_AT, counted from 1, of those that concern the folder
 * $FAULT_PATH and what is below it, with $FAULT_ERRNO, and appends its name to $FAULT_LOG. The program sets the
 * variables while it runs; $FAULT_ROUND starts the count again.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count, current;

static long number(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

/* Whether this call is the one to fail. */
static int fails(const char *name, const char *path) {
  const char *folder = getenv("FAULT_PATH");
  size_t length_of_folder = folder ? strlen(folder) : 0;
  if (!length_of_folder || strncmp(path, folder, length_of_folder)) return 0;
  if (path[length_of_folder] != '/' && path[length_of_folder] != 0) return 0;
  pthread_mutex_lock(&mutex);
  if (current != number("FAULT_ROUND")) {
    current = number("FAULT_ROUND");
    count = 0;
  }
  int hit = ++count == number("FAULT_AT");
  pthread_mutex_unlock(&mutex);
  if (!hit) return 0;
  char line[5000];
  int length = snprintf(line, sizeof line, "%s %s\n", name, path);
  static int (*real_open)(const char *, int, ...);
  if (!real_open) real_open = dlsym(RTLD_NEXT, "open64");
  int log = real_open(getenv("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log >= 0) {
    static ssize_t (*real_write)(int, const void *, size_t);
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    real_write(log, line, length);
    static int (*real_close)(int);
    if (!real_close) real_close = dlsym(RTLD_NEXT, "close");
    real_close(log);
  }
  errno = number("FAULT_ERRNO");
  return 1;
}

static int fails_fd(const char *name, int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(name, path);
}

#define REAL(name)              \
  static typeof(&name) real;    \
  if (!real) real = dlsym(RTLD_NEXT, #name)
#define BY_FD(name, ...) if (fails_fd(#name, fd)) return -1; return real(fd, ##__VA_ARGS__)
#define BY_PATH(name, ...) if (fails(#name, path)) return -1; return real(path, ##__VA_ARGS__)

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  BY_PATH(open64, flags, mode);
}
int open(const char *path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  BY_PATH(open, flags, mode);
}
ssize_t write(int fd, const void *bytes, size_t n) { REAL(write); BY_FD(write, bytes, n); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) { REAL(pwrite64); BY_FD(pwrite64, bytes, n, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); BY_FD(writev, v, n); }
ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at) { REAL(pwritev64); BY_FD(pwritev64, v, n, at); }
int fsync(int fd) { REAL(fsync); BY_FD(fsync); }
int fdatasync(int fd) { REAL(fdatasync); BY_FD(fdatasync); }
int fchmod(int fd, mode_t mode) { REAL(fchmod); BY_FD(fchmod, mode); }
int fchown(int fd, uid_t uid, gid_t gid) { REAL(fchown); BY_FD(fchown, uid, gid); }
int ftruncate64(int fd, off64_t length) { REAL(ftruncate64); BY_FD(ftruncate64, length); }
int ftruncate(int fd, off_t length) { REAL(ftruncate); BY_FD(ftruncate, length); }
int rename(const char *path, const char *to) { REAL(rename); BY_PATH(rename, to); }
int link(const char *path, const char *to) { REAL(link); BY_PATH(link, to); }
int unlink(const char *path) { REAL(unlink); BY_PATH(unlink); }
int chmod(const char *path, mode_t mode) { REAL(chmod); BY_PATH(chmod, mode); }
int chown(const char *path, uid_t uid, gid_t gid) { REAL(chown); BY_PATH(chown, uid, gid); }

/* A close that fails has closed all the same, as on Linux. libuv goes past the C library. */
int close(int fd) {
  REAL(close);
  int hit = fails_fd("close", fd), error = errno, result = real(fd);
  if (!hit) return result;
  errno = error;
  return -1;
}
long syscall(long n, ...) {
  REAL(syscall);
  va_list rest;
  va_start(rest, n);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  int hit = n == SYS_close && fails_fd("close", a[0]);
  if (n == SYS_statx && a[1] && *(const char *)a[1] && fails("statx", (const char *)a[1])) return -1;
  int error = errno;
  long result = real(n, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (!hit) return result;
  errno = error;
  return -1;
}
