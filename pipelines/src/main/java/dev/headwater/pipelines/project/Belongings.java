package dev.headwater.pipelines.project;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What must go along with a project to run it elsewhere: its small files, and its secrets. */
public final class Belongings {
  private static final String LINEAGE = "openlineage.yml";
  private static final int DIGITS = 12;

  private final Project project;

  private Belongings(Project project) {
    this.project = project;
  }

  public static Belongings of(Project project) {
    return new Belongings(project);
  }

  /**
   * The project's files and the texts that it names (contracts, schemas), by their path from the
   * project's folder; not the sources' data.
   *
   * @throws HeadwaterException USAGE if one can't be read, or lies outside of the folder
   */
  public SortedMap<String, String> files() {
    Path folder = project.origin().folder();
    List<String> named = new ArrayList<>(project.origin().files());
    project.tables().values().stream().map(TableDecl::contract).forEach(named::add);
    project.derived().values().stream().map(DerivedDecl::contract).forEach(named::add);
    project.sources().values().stream()
        .map(SourceDecl::kafka)
        .filter(Objects::nonNull)
        .map(KafkaDecl::schema)
        .forEach(named::add);
    if (Files.exists(folder.resolve(LINEAGE))) {
      named.add(LINEAGE);
    }
    SortedMap<String, String> files = new TreeMap<>();
    for (String name : named) {
      if (name != null) {
        String inside = inside(folder.resolve(name));
        files.put(inside, read(folder.resolve(inside)));
      }
    }
    return files;
  }

  /** Files of keys and certificates, by their path from the project's folder, or absolute. */
  public SortedSet<String> keyFiles() {
    SortedSet<String> all = new TreeSet<>();
    Path folder = project.origin().folder();
    for (ClusterDecl cluster : project.clusters().values()) {
      Stream.of(cluster.trusts(), cluster.shows())
          .filter(Objects::nonNull)
          .map(ClusterDecl.KeyFile::file)
          .map(f -> f.startsWith(folder) ? folder.relativize(f) : f)
          .forEach(f -> all.add(f.toString()));
    }
    return all;
  }

  /** References to secrets: {@code env/NAME}, {@code file/PATH}, {@code vault/PATH#FIELD}. */
  public SortedSet<String> secrets() {
    SortedSet<String> all = new TreeSet<>();
    project.catalogs().values().forEach(c -> secrets(c.properties(), all));
    if (project.registry() != null) {
      secrets(project.registry().properties(), all);
    }
    for (SourceDecl source : project.sources().values()) {
      secrets(source.storage(), all);
      if (source.kafka() != null) {
        secrets(source.kafka().properties(), all);
      }
    }
    for (ClusterDecl cluster : project.clusters().values()) {
      Stream.of(cluster.trusts(), cluster.shows())
          .filter(Objects::nonNull)
          .forEach(keys -> all.add(keys.password()));
      if (cluster.login() != null) {
        all.add(cluster.login().secret());
      }
    }
    return all;
  }

  private static void secrets(Map<String, String> properties, SortedSet<String> all) {
    properties.forEach(
        (key, value) -> {
          if (key.endsWith(CatalogConfig.SECRET_SUFFIX)) {
            all.add(value);
          }
        });
  }

  /** Which files these are, by what is in them: some digits. */
  public String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files()
          .forEach(
              (name, text) -> {
                digest.update(
                    (name + "\n" + text.length() + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(text.getBytes(StandardCharsets.UTF_8));
              });
      return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private String inside(Path file) {
    Path folder = project.origin().folder();
    Path path = file.normalize();
    if (!path.startsWith(folder)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          path + " lies outside of the project's folder.",
          "put it below " + folder + ": only that goes along to where the project runs.");
    }
    return folder.relativize(path).toString().replace('\\', '/');
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read " + file + " as a text.",
          "put it there, in UTF-8: it goes along to where the project runs.",
          e);
    }
  }
}
