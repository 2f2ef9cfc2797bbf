package dev.headwater.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A local repository of Maven's that has nothing of ours but what is installed here. What others
 * publish comes from the one that this build uses, by links, so nothing is loaded again.
 */
record LocalRepository(Path folder) {
  private static final Path OURS = Path.of("dev", "headwater");

  static LocalRepository besides(Path used, Path folder) throws IOException {
    link(used, folder, OURS);
    return new LocalRepository(folder);
  }

  /** All of a folder but one path below it. */
  private static void link(Path from, Path to, Path but) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> all = Files.list(from)) {
      for (Path one : all.toList()) {
        String name = String.valueOf(one.getFileName());
        if (!name.equals(but.getName(0).toString())) {
          if (!Files.exists(to.resolve(name))) {
            Files.createSymbolicLink(to.resolve(name), one);
          }
        } else if (but.getNameCount() > 1) {
          link(one, to.resolve(name), but.subpath(1, but.getNameCount()));
        }
      }
    }
  }

  /** As {@code mvn install} does with what was packaged: each module's pom and jar. */
  void install(Path root, List<String> modules, String version) throws IOException {
    for (String module : modules) {
      Path home = root.resolve(module);
      String id = artifact(home.resolve("pom.xml"));
      Path to = Files.createDirectories(folder.resolve(OURS).resolve(id).resolve(version));
      Path installed = to.resolve(id + "-" + version + ".pom");
      Files.copy(home.resolve("pom.xml"), installed, StandardCopyOption.REPLACE_EXISTING);
      Path jar = home.resolve("target").resolve(id + "-" + version + ".jar");
      if (Files.exists(jar)) {
        Files.copy(jar, to.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static String artifact(Path pom) throws IOException {
    // The parent's comes first, where there is one.
    String own = Files.readString(pom).replaceAll("(?s)<parent>.*?</parent>", "");
    return own.replaceAll("(?s)^.*?<artifactId>([^<]+)</artifactId>.*$", "$1");
  }
}
