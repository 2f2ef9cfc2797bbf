package dev.headwater.s3;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Sees every request that Amazon's client sends; it finds this class by its resource. */
public final class Requests implements ExecutionInterceptor {
  /** A request: "GetObject", the key it is for, and how many bytes it asks for ("0-99"). */
  record Seen(String kind, String key, String range) {}

  private static final List<Seen> SEEN = new CopyOnWriteArrayList<>();

  static void forget() {
    SEEN.clear();
  }

  static List<Seen> seen(String kind) {
    return SEEN.stream().filter(s -> s.kind().equals(kind)).toList();
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    SEEN.add(
        new Seen(
            context.request().getClass().getSimpleName().replace("Request", ""),
            context.httpRequest().encodedPath(),
            context.httpRequest().firstMatchingHeader("Range").orElse("")));
  }
}
