package dev.headwater.lineage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Several destinations: an event is accepted when each of them has it. One that fails holds the
 * event back for itself alone; those that took it are not asked again, as long as this process
 * lives.
 */
final class CompositeDestination implements Destination {
  private final List<Destination> parts;
  private final Set<Destination> done = new HashSet<>();
  private final List<String> refused = new ArrayList<>();
  private String current = "";

  CompositeDestination(List<Destination> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a composite transport needs transports");
    }
    this.parts = List.copyOf(parts);
  }

  @Override
  public Answer deliver(String payload) {
    if (!payload.equals(current)) {
      done.clear();
      refused.clear();
      current = payload;
    }
    List<String> later = new ArrayList<>();
    for (Destination part : parts) {
      if (done.contains(part)) {
        continue;
      }
      Answer answer = part.deliver(payload);
      if (answer instanceof Answer.Later l) {
        later.add(part.description() + ": " + l.why());
        continue;
      }
      done.add(part);
      if (answer instanceof Answer.Refused r) {
        refused.add(part.description() + ": " + r.answer());
      }
    }
    if (!later.isEmpty()) {
      return new Answer.Later(String.join("; ", later));
    }
    String refusals = String.join("; ", refused);
    done.clear();
    refused.clear();
    current = "";
    return refusals.isEmpty() ? new Answer.Accepted() : new Answer.Refused(refusals);
  }

  @Override
  public String description() {
    return parts.stream().map(Destination::description).collect(Collectors.joining(" and "));
  }

  @Override
  public void close() {
    parts.forEach(Destination::close);
  }
}
