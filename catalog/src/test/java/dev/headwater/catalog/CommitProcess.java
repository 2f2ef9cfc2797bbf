package dev.headwater.catalog;

import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.FakeFiles;
import dev.headwater.catalog.commit.FileCheck;
import dev.headwater.catalog.commit.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process that commits. Arguments: the catalog's directory, the run, how many commits, and the
 * call at which it stops, says so, and waits to be told to go on ("before 7", "after 7", or 0).
 */
final class CommitProcess {
  private CommitProcess() {}

  public static void main(String[] args) {
    CatalogConfig config = CatalogConfig.embedded(Path.of(args[0]));
    Faults faults = new Faults();
    try (TableCatalog catalog =
        TableCatalog.open(
            config, faults.jdbc(Database.source(config)), faults.files(new LocalFileIO()))) {
      TableRef ref = TableRef.of("demo", "rides");
      var table = catalog.load(ref);
      Committer committer = new Committer(catalog, FileCheck.LENGTH, Duration.ofSeconds(60));
      int call = Integer.parseInt(args[4]);
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        String run = args[1] + "-" + i;
        var file = FakeFiles.write(table, id(run));
        if (call > 0) {
          faults.arm(call, new Stop(args[3].equals("after")));
        }
        committer.commit(
            Change.append(ref, Token.ofRun("sink", run, List.of("in")), List.of(file)));
      }
      System.out.println("done");
    }
  }

  static long id(String run) {
    return Integer.toUnsignedLong(run.hashCode());
  }

  private record Stop(boolean after) implements Faults.Event {
    @Override
    public void before(String call) throws IOException {
      if (!after) {
        stop(call);
      }
    }

    @Override
    public void after(String call) throws IOException {
      if (after) {
        stop(call);
      }
    }

    private static void stop(String call) throws IOException {
      System.out.println("at " + call);
      if (System.in.read() < 0) {
        throw new IOException("nobody is there");
      }
    }
  }
}
