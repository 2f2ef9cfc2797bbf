package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Nearest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of a git repository and its past, as the git command tells them; nothing is changed. */
final class GitFolder {
  /** No text that a project names is larger. */
  private static final long MOST_BYTES = 1_000_000;

  private final Path folder;

  /**
   * A folder.
   *
   * @throws HeadwaterException USAGE if it lies in no repository; UNREACHABLE if there is no git
   */
  GitFolder(Path folder) {
    this.folder = folder;
    if (ask("rev-parse", "--is-inside-work-tree").isEmpty()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          folder + " lies in no git repository.",
          "select otherwise, or keep the project in git.");
    }
  }

  /**
   * The commit at which HEAD left a branch, tag or commit; that one itself if they have nothing in
   * common.
   *
   * @throws HeadwaterException USAGE if there is no such one; it names near ones
   */
  String base(String ref) {
    Optional<String> commit =
        ref.isEmpty() || ref.startsWith("-")
            ? Optional.empty()
            : ask("rev-parse", "--verify", "--quiet", ref + "^{commit}");
    if (commit.isEmpty()) {
      List<String> known = new ArrayList<>(List.of("HEAD"));
      ask("for-each-ref", "--format=%(refname:short)").stream()
          .flatMap(String::lines)
          .forEach(known::add);
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "git knows no branch, tag or commit '" + ref + "'." + Nearest.of(ref, known),
          "take one of "
              + Nearest.few(ref, known)
              + "; a shallow clone has few: git fetch origin "
              + (ref.isEmpty() ? "main" : ref)
              + ".");
    }
    return ask("merge-base", commit.get(), "HEAD").orElse(commit.get());
  }

  /** Copies the folder's texts of some names, as they were at a commit, to another folder. */
  void copy(String commit, Predicate<String> names, Path to) {
    Map<String, String> blobs = new TreeMap<>();
    for (String entry : text(run(null, "ls-tree", "-r", "-z", "--long", commit)).split("\0", -1)) {
      // mode SP type SP id SP size TAB path
      int tab = entry.indexOf('\t');
      String[] facts = entry.substring(0, Math.max(tab, 0)).split(" +", -1);
      if (facts.length == 4 && facts[1].equals("blob") && Long.parseLong(facts[3]) <= MOST_BYTES) {
        String path = entry.substring(tab + 1);
        if (names.test(path) && to.resolve(path).normalize().startsWith(to)) {
          blobs.put(path, facts[2]);
        }
      }
    }
    try {
      Path ids = to.resolve(".ids");
      Files.write(ids, blobs.values());
      try (DataInputStream in =
          new DataInputStream(new ByteArrayInputStream(run(ids, "cat-file", "--batch")))) {
        for (String path : blobs.keySet()) {
          write(in, to.resolve(path));
        }
      }
      Files.delete(ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One object of {@code cat-file --batch}: id SP type SP size LF content LF. */
  private static void write(DataInputStream in, Path file) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.readByte(); c != '\n'; c = in.readByte()) {
      head.append((char) c);
    }
    byte[] content = new byte[Integer.parseInt(head.substring(head.lastIndexOf(" ") + 1))];
    in.readFully(content);
    in.readByte();
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(file, content);
  }

  /** Files of the whole repository that are not as at a commit, committed or not: a/b/C.java. */
  Set<String> changed(String commit) {
    Set<String> changed = new TreeSet<>();
    Stream.of(
            run(null, "diff", "--name-only", "--no-renames", "-z", commit),
            run(null, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"))
        .flatMap(paths -> Stream.of(text(paths).split("\0", -1)))
        .filter(path -> !path.isEmpty())
        .forEach(changed::add);
    return changed;
  }

  /** A line of an answer; empty if git says no. */
  private Optional<String> ask(String... arguments) {
    try {
      return Optional.of(text(run(null, arguments)).strip()).filter(answer -> !answer.isEmpty());
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  private byte[] run(@Nullable Path input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GIT_OPTIONAL_LOCKS", "0");
    builder.environment().put("LC_ALL", "C");
    if (input != null) {
      builder.redirectInput(input.toFile());
    }
    try {
      Path said = Files.createTempFile("headwater-git", ".err");
      builder.redirectError(said.toFile());
      try {
        Process git = builder.start();
        git.getOutputStream().close();
        byte[] out = git.getInputStream().readAllBytes();
        if (git.waitFor() != 0) {
          throw new RefusedException(
              "git " + String.join(" ", arguments) + ": " + Files.readString(said).strip());
        }
        return out;
      } finally {
        Files.delete(said);
      }
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot run git: " + e.getMessage() + ".",
          "install git, or select otherwise.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadwaterException(
          HeadwaterException.Kind.FAILED, "git was interrupted.", "run it again.", e);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** git ended with another status than 0. */
  private static final class RefusedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
