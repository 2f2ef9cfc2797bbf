package dev.headwater.pipelines;

import dev.headwater.lineage.RunFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a project's file is in its git repository, from git's own files: no git is run. */
final class SourceLook {
  private static final Logger LOG = LoggerFactory.getLogger(SourceLook.class);
  private static final Pattern SHA = Pattern.compile("[0-9a-f]{40,64}");

  /** {@code git@github.com:org/repo.git}, or with a scheme. */
  private static final Pattern REMOTE =
      Pattern.compile(
          "(?:(?:ssh|git|https?)://)?(?:[^@/]*@)?([^:/]+)(?::\\d+(?=/))?[:/](.+?)(?:\\.git)?/?");

  private SourceLook() {}

  /** The file, as it is at the commit that is checked out; empty without a repository elsewhere. */
  static Optional<RunFacts.SourceCode> of(Path folder, String file) {
    try {
      Path root = folder.toRealPath();
      String path = file;
      while (!Files.exists(root.resolve(".git"))) {
        Path parent = root.getParent();
        if (parent == null) {
          return Optional.empty();
        }
        path = root.getFileName() + "/" + path;
        root = parent;
      }
      return at(root.resolve(".git"), path);
    } catch (IOException | RuntimeException e) {
      LOG.debug("no git repository around {}", folder, e);
      return Optional.empty();
    }
  }

  /**
   * The repository around a folder by its remote "origin", the same in each clone of it, however it
   * was cloned: {@code github.com/acme/shop}. Empty without one.
   */
  static Optional<String> repository(Path folder) {
    try {
      for (Path root = folder.toRealPath(); root != null; root = root.getParent()) {
        if (Files.exists(root.resolve(".git"))) {
          Path common = common(git(root.resolve(".git")));
          String url = remote(Files.readAllLines(common.resolve("config")));
          Matcher remote = REMOTE.matcher(url);
          return url.isEmpty()
              ? Optional.empty()
              : Optional.of(remote.matches() ? remote.group(1) + "/" + remote.group(2) : url);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("no git repository around {}", folder, e);
    }
    return Optional.empty();
  }

  /** In a work tree beside the first one it is a file that says where. */
  private static Path git(Path dot) throws IOException {
    return Files.isDirectory(dot)
        ? dot
        : dot.resolveSibling(Files.readString(dot).replaceFirst("gitdir:", "").strip());
  }

  private static Path common(Path git) throws IOException {
    Path commondir = git.resolve("commondir");
    return Files.exists(commondir) ? git.resolve(Files.readString(commondir).strip()) : git;
  }

  private static Optional<RunFacts.SourceCode> at(Path dot, String path) throws IOException {
    Path git = git(dot);
    Path common = common(git);
    Optional<String> commit = commit(git, common);
    Matcher remote = REMOTE.matcher(remote(Files.readAllLines(common.resolve("config"))));
    if (commit.isEmpty() || !remote.matches()) {
      return Optional.empty();
    }
    String web = "https://" + remote.group(1) + "/" + remote.group(2);
    return Optional.of(
        new RunFacts.SourceCode(
            "git",
            web + "/blob/" + commit.get() + "/" + path.replace(" ", "%20"),
            web + ".git",
            path,
            commit.get()));
  }

  private static Optional<String> commit(Path git, Path common) throws IOException {
    String head = Files.readString(git.resolve("HEAD")).strip();
    if (!head.startsWith("ref: ")) {
      return Optional.of(head).filter(sha -> SHA.matcher(sha).matches());
    }
    String ref = head.substring("ref: ".length());
    if (Files.exists(common.resolve(ref))) {
      return Optional.of(Files.readString(common.resolve(ref)).strip());
    }
    Path packed = common.resolve("packed-refs");
    List<String> lines = Files.exists(packed) ? Files.readAllLines(packed) : List.of();
    return lines.stream()
        .filter(line -> line.endsWith(" " + ref))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst();
  }

  /** The URL of the remote "origin"; empty without one. */
  private static String remote(List<String> config) {
    boolean origin = false;
    for (String line : config) {
      String text = line.strip();
      if (text.startsWith("[")) {
        origin = text.equals("[remote \"origin\"]");
      } else if (origin && text.startsWith("url")) {
        return text.substring(text.indexOf('=') + 1).strip();
      }
    }
    return "";
  }
}
