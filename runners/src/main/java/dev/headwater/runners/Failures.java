package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.ProjectException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How failures are said, and the exit statuses they give. The one place that maps them. */
final class Failures {
  private Failures() {}

  /** Shows a failure and returns the exit status. */
  static int report(Screen screen, Session session, Throwable failure) {
    Throwable known = known(failure);
    if (known instanceof ProjectException project) {
      if (screen.json()) {
        Map<String, Object> error = error(known, null);
        error.put("file", project.file());
        error.put(
            "problems",
            project.problems().stream()
                .map(
                    p ->
                        Map.of(
                            "file", p.file(),
                            "line", p.line(),
                            "path", p.path(),
                            "what", p.what()))
                .toList());
        Json.print(screen.out(), Map.of("error", error));
      } else {
        screen.err().println(project.getMessage());
      }
      return exitStatus(known);
    }
    String log =
        known instanceof HeadwaterException && known.getCause() == null
            ? null
            : session.logs().failure(failure).map(Object::toString).orElse(null);
    if (screen.json()) {
      Json.print(screen.out(), Map.of("error", error(known, log)));
    } else {
      lines(known, log).forEach(screen.err()::println);
    }
    return exitStatus(known);
  }

  /** Wrong arguments. */
  static int usage(Screen screen, String what, String fix) {
    HeadwaterException e = new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
    if (screen.json()) {
      Json.print(screen.out(), Map.of("error", error(e, null)));
    } else {
      lines(e, null).forEach(screen.err()::println);
    }
    return exitStatus(e);
  }

  static int exitStatus(Throwable failure) {
    Throwable known = known(failure);
    if (known instanceof HeadwaterException e) {
      return e.kind().exitStatus();
    }
    return known instanceof ProjectException e ? e.exitStatus() : 1;
  }

  /** What a failure says to people. */
  static List<String> lines(Throwable failure, @Nullable String log) {
    Throwable known = known(failure);
    List<String> lines;
    if (known instanceof HeadwaterException e) {
      lines = List.of(e.what(), "Fix: " + e.fix());
    } else if (known instanceof ProjectException) {
      lines = String.valueOf(known.getMessage()).lines().toList();
    } else {
      lines = List.of("Something failed that nobody expected: " + firstLine(failure));
    }
    return log == null
        ? lines
        : java.util.stream.Stream.concat(lines.stream(), java.util.stream.Stream.of("Log: " + log))
            .toList();
  }

  /** The same to programs. */
  static Map<String, Object> error(Throwable failure, @Nullable String log) {
    Throwable known = known(failure);
    Map<String, Object> error = new LinkedHashMap<>();
    if (known instanceof HeadwaterException e) {
      error.put("kind", e.kind().name().toLowerCase(Locale.ROOT));
      error.put("what", e.what());
      error.put("fix", e.fix());
    } else {
      error.put("kind", known instanceof ProjectException ? "usage" : "failed");
      error.put("what", known instanceof ProjectException ? known.getMessage() : firstLine(known));
    }
    error.put("exit_status", exitStatus(known));
    if (log != null) {
      error.put("log", log);
    }
    return error;
  }

  /** The failure that says something to its reader, from under what runners wrap around it. */
  private static Throwable known(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 50; depth++) {
      if (at instanceof HeadwaterException || at instanceof ProjectException) {
        return at;
      }
      at = at.getCause();
    }
    return failure;
  }

  private static String firstLine(Throwable failure) {
    return failure.toString().lines().findFirst().orElse(failure.getClass().getName());
  }
}
