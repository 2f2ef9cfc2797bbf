package dev.headwater.catalog.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a lock: one object in one process.
 *
 * @param host the machine and, on Linux, the name space in which the process id counts
 * @param processStarted microseconds; tells a process from a later one with the same id
 */
record Owner(String id, String host, long pid, long processStarted) {
  static Owner here() {
    return new Owner(UUID.randomUUID().toString(), HostHolder.HOST, pidHere(), started(pidHere()));
  }

  /** Whether the process is known to be gone; false if it can't be seen from here. */
  boolean isGone() {
    if (!host.equals(HostHolder.HOST)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isEmpty() || started(pid) != processStarted;
  }

  private static long pidHere() {
    return ProcessHandle.current().pid();
  }

  private static long started(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(Sql::micros)
        .orElse(0L);
  }

  private static final class HostHolder {
    static final String HOST = name() + nameSpace();

    private static String name() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (IOException e) {
        // Without a name it is at least not taken for another machine's process.
        return "unnamed-" + Instant.now();
      }
    }

    private static String nameSpace() {
      try {
        return "/" + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      } catch (IOException | UnsupportedOperationException e) {
        return "";
      }
    }
  }
}
