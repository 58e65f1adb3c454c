/*
 * What plain system calls reach: limits tcp PORT | file PATH, then SIZE COUNT BUFFER. Each message goes to
 * write(2), through a buffer of BUFFER bytes if that is not 0. Prints the milliseconds and the answer.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = write(fd, bytes, length);
    if (n < 0) fail("write");
    bytes += n;
    length -= n;
  }
}

static void send_all(int fd, size_t size, size_t count, size_t capacity) {
  char *message = malloc(size);
  char *buffer = malloc(capacity + 1);
  size_t used = 0;
  memset(message, 'A', size);
  for (size_t index = 0; index < count; index++) {
    if (size > capacity - used) {
      write_all(fd, buffer, used);
      used = 0;
    }
    if (size >= capacity) {
      write_all(fd, message, size);
    } else {
      memcpy(buffer + used, message, size);
      used += size;
    }
  }
  write_all(fd, buffer, used);
}

static int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) fail("setsockopt");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 6) return EXIT_FAILURE;
  int tcp = strcmp(argv[1], "tcp") == 0;
  double start = now();
  int fd = tcp ? connect_to(atoi(argv[2])) : open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) fail("open");
  send_all(fd, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
  char answer[32] = "0";
  if (tcp) {
    shutdown(fd, SHUT_WR);
    ssize_t length = 0;
    for (ssize_t n; (n = read(fd, answer + length, sizeof answer - 1 - length)) > 0;) length += n;
    answer[length] = 0;
  }
  if (close(fd) != 0) fail("close");
  printf("%f %s\n", now() - start, answer);
}
