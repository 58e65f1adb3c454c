/*
 * Counts what each TLS connection sends, and answers with the count when it ends: tls-count CERTIFICATE KEY, both
 * PEM. Prints its port; ends with its standard input.
 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[1 << 18];

static void fail(const char *what) {
  perror(what);
  ERR_print_errors_fp(stderr);
  exit(EXIT_FAILURE);
}

static SSL_CTX *context_of(const char *certificate, const char *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  BIO *certificate_pem = BIO_new_mem_buf(certificate, -1);
  BIO *key_pem = BIO_new_mem_buf(key, -1);
  if (SSL_CTX_use_certificate(context, PEM_read_bio_X509(certificate_pem, NULL, NULL, NULL)) != 1 ||
      SSL_CTX_use_PrivateKey(context, PEM_read_bio_PrivateKey(key_pem, NULL, NULL, NULL)) != 1)
    fail("certificate");
  return context;
}

static void serve(SSL *tls) {
  if (SSL_accept(tls) != 1) return;
  unsigned long long bytes = 0;
  for (int n; (n = SSL_read(tls, buffer, sizeof buffer)) > 0;) bytes += n;
  int length = snprintf(buffer, sizeof buffer, "%llu", bytes);
  SSL_write(tls, buffer, length);
  SSL_shutdown(tls);
}

int main(int argc, char **argv) {
  if (argc != 3) return EXIT_FAILURE;
  // A sender that is gone is its own affair.
  signal(SIGPIPE, SIG_IGN);
  SSL_CTX *context = context_of(argv[1], argv[2]);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0)
    fail("listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct pollfd waiting[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  while (poll(waiting, 2, -1) > 0 && waiting[1].revents == 0) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) fail("accept");
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, connection);
    serve(tls);
    SSL_free(tls);
    ERR_clear_error();
    close(connection);
  }
  return EXIT_SUCCESS;
}
