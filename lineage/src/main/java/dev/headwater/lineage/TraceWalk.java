package dev.headwater.lineage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks from version to version over what is known; each is entered once, so circles end. */
final class TraceWalk {
  private final Facts facts;
  private final Set<String> seen = new HashSet<>();

  TraceWalk(Facts facts) {
    this.facts = facts;
  }

  Trace.Node back(Trace.Link link, DataSet version) {
    // What comes from outside has no writer here, and there may be thousands of it.
    RunFacts writer = version.root() ? null : facts.writer(version).orElse(null);
    DataSet known = written(version, writer);
    if (!seen.add(Trace.key(version))) {
      return new Trace.Node(link, known, writer, List.of(), true);
    }
    List<Trace.Node> next = new ArrayList<>(inputs(writer, version));
    // Appends can be many: side by side, not one below the other.
    Optional<DataSet> earlier = earlier(known);
    while (earlier.isPresent() && seen.add(Trace.key(earlier.get()))) {
      RunFacts before = facts.writer(earlier.get()).orElse(null);
      DataSet set = written(earlier.get(), before);
      next.add(new Trace.Node(Trace.Link.EARLIER, set, before, inputs(before, set), false));
      earlier = earlier(set);
    }
    earlier.ifPresent(
        set -> next.add(new Trace.Node(Trace.Link.EARLIER, set, null, List.of(), true)));
    return new Trace.Node(link, known, writer, next, false);
  }

  private List<Trace.Node> inputs(@Nullable RunFacts writer, DataSet version) {
    List<Trace.Node> next = new ArrayList<>();
    if (writer != null) {
      for (DataSet input : writer.inputs()) {
        if (!input.isSameVersion(version)) {
          next.add(back(Trace.Link.INPUT, input));
        }
      }
    }
    return next;
  }

  private Optional<DataSet> earlier(DataSet set) {
    if (set.base() == null) {
      return Optional.empty();
    }
    return facts.version(set.label(), set.base()).map(facts::dataSet);
  }

  Trace.Node impact(Trace.Link link, DataSet version, @Nullable RunFacts writer) {
    DataSet known = written(version, writer);
    if (!seen.add(Trace.key(version))) {
      return new Trace.Node(link, known, writer, List.of(), true);
    }
    List<Trace.Node> next = new ArrayList<>();
    for (RunFacts reader : facts.readers(version)) {
      for (DataSet output : reader.outputs()) {
        if (!output.isSameVersion(version)) {
          next.add(impact(Trace.Link.OUTPUT, output, reader));
        }
      }
    }
    return new Trace.Node(link, known, writer, next, false);
  }

  /** The version as its writer knows it, which is more than its readers know. */
  private static DataSet written(DataSet version, @Nullable RunFacts writer) {
    if (writer == null) {
      return version;
    }
    return writer.outputs().stream()
        .filter(output -> Objects.equals(Trace.key(output), Trace.key(version)))
        .findFirst()
        .orElse(version);
  }
}
