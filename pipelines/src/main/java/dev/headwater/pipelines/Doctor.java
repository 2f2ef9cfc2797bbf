package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.DatabaseHealth;
import dev.headwater.kafka.Start;
import dev.headwater.kafka.Topic;
import dev.headwater.lineage.ClientSettings;
import dev.headwater.lineage.Destination;
import dev.headwater.lineage.Journal;
import dev.headwater.lineage.LineageException;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.Project;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.io.OutputFile;

/**
 * Looks at all that a project needs to run, one after the other, whatever the others say. It
 * changes nothing but for a small file in the warehouse that it deletes at once.
 */
public final class Doctor {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int CONNECT_MILLIS = 3_000;

  /** Leases are half a minute long; a clock that is off by less only shows odd times. */
  private static final Duration SKEW = Duration.ofSeconds(2);

  private static final Pattern HTTP = Pattern.compile("https?://\\S+");

  private final Project project;
  private final Path home;

  private Doctor(Project project) {
    this.project = project;
    this.home = project.home();
  }

  /**
   * Everything that was found.
   *
   * @param engine what runs its pipelines, with its version
   */
  public static List<Finding> examine(Project project, String engine) {
    return new Doctor(project).examine(engine);
  }

  private List<Finding> examine(String engine) {
    List<Finding> found = new ArrayList<>();
    found.add(MachineChecks.java(Runtime.version().feature()));
    found.add(MachineChecks.memory());
    found.add(MachineChecks.cores());
    found.add(MachineChecks.disk("disk", home));
    found.add(MachineChecks.disk("temporary", Path.of(System.getProperty("java.io.tmpdir"))));
    if (!project.models().isEmpty()) {
      found.addAll(MachineChecks.natives());
    }
    found.add(MachineChecks.versions(engine));
    CatalogDecl declared = project.catalogs().get(TableRef.DEFAULT_CATALOG);
    CatalogConfig own = declared == null ? CatalogConfig.embedded(home) : declared.config();
    found.add(asked("catalog", () -> catalog("catalog", own, true)));
    project
        .catalogs()
        .forEach(
            (name, decl) -> {
              if (!name.equals(TableRef.DEFAULT_CATALOG)) {
                boolean write = decl.access() == CatalogDecl.Access.WRITE;
                String about = "catalog " + name;
                found.add(asked(about, () -> catalog(about, decl.config(), write)));
              }
            });
    found.add(asked("runs", this::runs));
    project
        .sources()
        .values()
        .forEach(
            source -> {
              KafkaDecl kafka = source.kafka();
              if (kafka != null) {
                String about = "topic " + kafka.topic();
                found.add(asked(about, () -> topic(about, kafka)));
              }
            });
    found.add(asked("lineage", this::lineage));
    return found;
  }

  /** What it throws is a finding too. */
  private static Finding asked(String about, Supplier<Finding> question) {
    try {
      return question.get();
    } catch (HeadwaterException e) {
      return Finding.ill(about, e.what(), e.fix());
    } catch (RuntimeException e) {
      return Finding.ill(about, "it failed: " + e, "look at the log.");
    }
  }

  private Finding catalog(String about, CatalogConfig config, boolean write) {
    try (TableCatalog catalog = TableCatalog.open(config)) {
      List<TableRef> tables = catalog.list(project.name());
      List<String> missing =
          project.sources().keySet().stream()
              .flatMap(source -> project.foreign(source).stream())
              .filter(ref -> ref.catalog().equals(config.name()))
              .filter(ref -> catalog.find(ref).isEmpty())
              .map(TableRef::toString)
              .toList();
      if (!missing.isEmpty()) {
        return Finding.ill(
            about,
            config.where() + " has no " + String.join(", ", missing),
            "check the names under sources:, or ask the catalog's owner.");
      }
      String warehouse = config.properties().get(CatalogConfig.WAREHOUSE);
      if (write && warehouse != null) {
        tryToWrite(catalog, warehouse);
      }
      return Finding.well(
          about,
          "%s, %s, %d tables of %s"
              .formatted(config.where(), write ? "write" : "read", tables.size(), project.name()));
    }
  }

  private static void tryToWrite(TableCatalog catalog, String warehouse) {
    String file = warehouse.replaceAll("/+$", "") + "/doctor-" + UUID.randomUUID() + ".tmp";
    try {
      OutputFile tried = catalog.io().newOutputFile(file);
      try (OutputStream out = tried.create()) {
        out.write("tried".getBytes(StandardCharsets.UTF_8));
      }
      catalog.io().deleteFile(file);
    } catch (IOException | RuntimeException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.UNREACHABLE,
          "The warehouse " + warehouse + " cannot be written: " + e + ".",
          "make it writable for this user, or name another one.",
          e);
    }
  }

  private Finding runs() {
    try (Workspace workspace = Workspace.open(project)) {
      DatabaseHealth health = DatabaseHealth.of(Workspace.registryOf(project));
      String what = health.version() + " at " + Workspace.registryOf(project).where();
      int open = workspace.registry().runs().allOpen(project.name()).size();
      return clock(what + (open == 0 ? "" : ", " + open + " open"), health.ahead());
    }
  }

  static Finding clock(String what, Duration ahead) {
    return ahead.abs().compareTo(SKEW) <= 0
        ? Finding.well("runs", what)
        : Finding.doubtful(
            "runs",
            "%s: its clock is %.1f s %s this machine's"
                .formatted(
                    what, ahead.abs().toMillis() / 1e3, ahead.isNegative() ? "behind" : "ahead of"),
            "let both machines ask a time server (NTP).");
  }

  private static Finding topic(String about, KafkaDecl kafka) {
    Topic topic = new Topic(kafka.servers(), kafka.topic(), kafka.properties());
    TopicReach reach = TopicReach.of(topic, PATIENCE, null, new Start.Beginning());
    return Finding.well(
        about,
        "%d partitions, %s records at %s"
            .formatted(
                reach.to().all().size(), Stages.grouped(reach.ahead().size()), kafka.servers()));
  }

  private Finding lineage() {
    Journal.Counts counts;
    try (Workspace workspace = Workspace.open(project)) {
      counts =
          new RegistryJournal(workspace.registry().journal(), workspace.registry().locks())
              .counts();
    }
    try {
      Optional<Destination> open = ClientSettings.read(project.origin().folder()).open();
      if (open.isEmpty()) {
        return Finding.well("lineage", "no server is declared; events stay in the registry");
      }
      try (Destination server = open.get()) {
        return lineage(server.description(), counts);
      }
    } catch (LineageException e) {
      return Finding.ill("lineage", String.valueOf(e.getMessage()), "mend openlineage.yml.");
    }
  }

  private static Finding lineage(String where, Journal.Counts counts) {
    Matcher url = HTTP.matcher(where);
    if (url.find()) {
      URI server = URI.create(url.group());
      int port = server.getPort() >= 0 ? server.getPort() : where.contains("https:") ? 443 : 80;
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(server.getHost(), port), CONNECT_MILLIS);
      } catch (IOException e) {
        // Runs go on without it: their events wait.
        return Finding.doubtful(
            "lineage",
            "%s does not answer (%s), %s events wait"
                .formatted(where, e.getMessage(), Stages.grouped(counts.pending())),
            "see that it runs and is reached from here; then: headwater lineage flush.");
      }
    }
    return counts.parked() > 0
        ? Finding.doubtful(
            "lineage",
            where + " has refused " + Stages.grouped(counts.parked()) + " events",
            "see why: headwater lineage status.")
        : Finding.well("lineage", where + ", " + Stages.grouped(counts.pending()) + " events wait");
  }
}
