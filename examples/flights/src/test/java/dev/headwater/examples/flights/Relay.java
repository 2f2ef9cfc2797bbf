package dev.headwater.examples.flights;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server on this machine, and counts the bytes that it is sent. */
final class Relay implements AutoCloseable {
  private final ServerSocket door;
  private final InetSocketAddress server;
  private final AtomicLong sent = new AtomicLong();

  private Relay(String server) throws IOException {
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    int colon = server.lastIndexOf(':');
    this.server =
        new InetSocketAddress(
            server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
  }

  /**
   * Before a server, until it is closed.
   *
   * @param server host:port
   */
  static Relay to(String server) throws IOException {
    Relay relay = new Relay(server);
    start(relay::accept);
    return relay;
  }

  /** Where to send to: host:port. */
  String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** The bytes that were sent since it was last asked. */
  long sent() {
    return sent.getAndSet(0);
  }

  private void accept() throws IOException {
    while (true) {
      Socket here = door.accept();
      Socket there = new Socket(server.getAddress(), server.getPort());
      start(() -> copy(here, there, sent));
      start(() -> copy(there, here, new AtomicLong()));
    }
  }

  private static void copy(Socket from, Socket to, AtomicLong count) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[1 << 16];
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        count.addAndGet(n);
        out.write(bytes, 0, n);
      }
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One of both has closed; so has the other now.
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
