/*
 * Counts what each connection sends, and answers with the count when it ends. Prints its port; ends with its
 * standard input.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1 << 18];

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    perror("listen");
    return EXIT_FAILURE;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct pollfd waiting[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  while (poll(waiting, 2, -1) > 0 && waiting[1].revents == 0) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) {
      perror("accept");
      return EXIT_FAILURE;
    }
    unsigned long long bytes = 0;
    for (ssize_t n; (n = recv(connection, buffer, sizeof buffer, 0)) > 0;) bytes += n;
    dprintf(connection, "%llu", bytes);
    close(connection);
  }
  return EXIT_SUCCESS;
}
