package dev.headwater.runners;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.ErrorManager;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where all that libraries log goes: a file under the project's {@code .headwater/logs}, made when
 * there is something to write. The newest 20 are kept.
 */
final class Logs {
  private static final int KEPT = 20;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** On a full disk there is nothing to tell that the command does not tell itself. */
  private static final ErrorManager SILENT =
      new ErrorManager() {
        @Override
        public synchronized void error(String message, Exception e, int code) {}
      };

  private Path folder = Path.of(System.getProperty("java.io.tmpdir"), "headwater", "logs");
  private @Nullable Path file;
  private @Nullable Handler to;

  void in(Path project) {
    folder = project.resolve(".headwater").resolve("logs");
  }

  /** From now on nothing is logged to the terminal. */
  void start() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            Logs.this.publish(record);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  /** Writes down what nobody expected, and says where. */
  Optional<Path> failure(Throwable thrown) {
    LogRecord record = new LogRecord(Level.SEVERE, "headwater failed");
    record.setThrown(thrown);
    publish(record);
    return file();
  }

  /** The file, once something was written. */
  synchronized Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  private synchronized void publish(LogRecord record) {
    if (to == null) {
      try {
        Files.createDirectories(folder);
        prune();
        Path opened =
            folder.resolve(
                LocalDateTime.now(ZoneOffset.UTC).format(TIME)
                    + "-"
                    + ProcessHandle.current().pid()
                    + ".log");
        FileHandler handler = new FileHandler(opened.toString().replace("%", "%%"), true);
        handler.setFormatter(new LogLine());
        handler.setEncoding(StandardCharsets.UTF_8.name());
        handler.setErrorManager(SILENT);
        to = handler;
        file = opened;
      } catch (IOException e) {
        // A log that cannot be written must not stop the work it tells of.
        return;
      }
    }
    to.publish(record);
  }

  private void prune() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> logs =
          all.filter(p -> p.toString().endsWith(".log"))
              .sorted(Comparator.comparing((Path p) -> p.getFileName().toString()).reversed())
              .toList();
      for (Path old : logs.subList(Math.min(logs.size(), KEPT - 1), logs.size())) {
        Files.deleteIfExists(old);
      }
    }
  }
}
