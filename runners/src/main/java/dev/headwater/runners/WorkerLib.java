package dev.headwater.runners;

import ai.djl.engine.Engine;
import com.fasterxml.jackson.databind.JsonNode;
import dev.headwater.catalog.HeadwaterException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What of this process's class path stands in the lib of a cluster's workers, and what goes with a
 * job. A jar has its own name there; one that may change under its name, and a folder of classes,
 * have a digest in theirs. So what is there is the same, and is not sent.
 */
public final class WorkerLib {
  /** Flink's own, and the launcher's. */
  private static final List<String> NEITHER =
      List.of(
          "flink-",
          "kryo-",
          "minlog-",
          "objenesis-",
          "chill-java-",
          "javassist-",
          "slf4j-",
          "beam-runners-direct-java-",
          "picocli-");

  /** DJL's native libraries can be loaded by one class loader of a process only. */
  private static final String ENGINE = "pytorch-engine-";

  /** Beam, and what is made with it. */
  private static final List<String> BEAM = List.of("beam-", "headwater-");

  /** What Beam brings that reads no objects of a user's: it is not looked for beside them. */
  private static final List<String> VENDORED = List.of("beam-vendor-", "beam-model-");

  private WorkerLib() {}

  /**
   * Copies what the workers need to a folder; what is there already stays.
   *
   * @return the names of the jars
   */
  static List<String> fill(Path folder) {
    try {
      Files.createDirectories(folder);
      List<String> names = new ArrayList<>();
      for (Path entry : entries()) {
        names.add(jar(entry, folder).getFileName().toString());
      }
      return names;
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot fill " + folder + ": " + e.getMessage() + ".",
          "name a folder that can be written.",
          e);
    }
  }

  /**
   * What of this process's class path a job must take along to a cluster, for {@code
   * --filesToStage}: nothing, if the workers' lib has all of it. Otherwise what it has not, and
   * with it all of Beam that reads objects, and what is made with it: it does so by plain Java
   * serialization, so it has to be in the class loader that has the user's classes.
   *
   * @param master host:port of the cluster
   * @throws HeadwaterException UNREACHABLE if the cluster does not answer
   */
  public static List<String> toSend(String master) {
    return toSend(new FlinkRest(Cluster.of(master, Map.of())), false);
  }

  /**
   * As {@link #toSend(String)}.
   *
   * @param djl whether the job needs DJL, which can't be sent
   * @throws HeadwaterException UNREACHABLE if the workers have none then
   */
  static List<String> toSend(FlinkRest rest, boolean djl) {
    Set<String> there = new HashSet<>();
    for (JsonNode entry : rest.get("/jobmanager/environment").path("classpath")) {
      there.add(String.valueOf(Path.of(entry.asText()).getFileName()));
    }
    List<String> jars = new ArrayList<>();
    boolean all = true;
    try {
      for (Path entry : entries()) {
        String name = name(entry);
        boolean missing = !there.contains(name);
        if (isDjl(entry)) {
          if (djl && missing && name.startsWith(ENGINE)) {
            throw noDjl(rest, name);
          }
        } else if (missing || isOfBeam(name) || isDigested(entry)) {
          all &= !missing;
          jars.add((Files.isDirectory(entry) ? jar(entry, cache()) : entry).toString());
        }
      }
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "Cannot read the class path: " + e.getMessage() + ".",
          "build Headwater again, and make room on the disk.",
          e);
    }
    return all ? List.of() : jars;
  }

  /** Where what is sent is made, once for a content. */
  static Path cache() {
    return Path.of(System.getProperty("java.io.tmpdir"), "headwater", "jars");
  }

  private static HeadwaterException noDjl(FlinkRest rest, String name) {
    return new HeadwaterException(
        HeadwaterException.Kind.UNREACHABLE,
        "The workers of the cluster at " + rest.master() + " have no " + name + ".",
        "fill their lib: headwater worker-lib DIR; then start them again.");
  }

  private static List<Path> entries() {
    List<Path> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      Path file = path.getFileName();
      // An empty entry would be the folder one happens to be in, with all below it.
      if (file != null
          && !entry.isEmpty()
          && Files.exists(path)
          && NEITHER.stream().noneMatch(file.toString()::startsWith)) {
        entries.add(path);
      }
    }
    return entries;
  }

  /** The entry as a jar in a folder; written once for a content. */
  private static Path jar(Path entry, Path folder) throws IOException {
    Path jar = folder.resolve(name(entry));
    if (Files.exists(jar)) {
      return jar;
    }
    Files.createDirectories(folder);
    Path written = Files.createTempFile(folder, "jar", ".tmp");
    if (Files.isDirectory(entry)) {
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(written))) {
        for (Path file : Digests.files(entry)) {
          zip.putNextEntry(new ZipEntry(Digests.inside(entry, file)));
          Files.copy(file, zip);
        }
      }
    } else {
      Files.copy(entry, written, StandardCopyOption.REPLACE_EXISTING);
    }
    return Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Its name in the lib. */
  private static String name(Path entry) throws IOException {
    String file = String.valueOf(entry.getFileName());
    String stem = file.endsWith(".jar") ? file.substring(0, file.length() - 4) : file;
    return isDigested(entry) ? stem + "-" + Digests.of(List.of(entry)) + ".jar" : file;
  }

  /** Whether it may change under its name. */
  private static boolean isDigested(Path entry) {
    return Files.isDirectory(entry) || entry.toString().endsWith("-SNAPSHOT.jar");
  }

  private static boolean isOfBeam(String name) {
    return BEAM.stream().anyMatch(name::startsWith)
        && VENDORED.stream().noneMatch(name::startsWith);
  }

  private static boolean isDjl(Path entry) {
    // In an installation all jars lie in one folder.
    String name = String.valueOf(entry.getFileName());
    return name.startsWith("pytorch-") || name.equals("api-" + Engine.getDjlVersion() + ".jar");
  }
}
