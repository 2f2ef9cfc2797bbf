package dev.headwater.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Lets one chosen call to S3 go wrong, whoever makes it, once or as often as Amazon's client
 * repeats it; the client finds this class by its resource.
 */
public final class S3Faults implements ExecutionInterceptor {
  /** How a call goes wrong. */
  enum Kind {
    /** The connection ends before the request is there. */
    BEFORE,
    /** What is asked for happens, but the connection ends before the answer. */
    AFTER,
    /** What is asked for happens, but the answer is 500. */
    SAYS_500,
    /** What is asked for happens, but the answer is 503, slow down. */
    SAYS_503,
    /** The answer breaks off in the middle. */
    BREAKS_OFF,
    /** The answer is 403: who asks may not. */
    SAYS_403
  }

  /**
   * A fault.
   *
   * @param lasts whether every attempt of the call fails, or only the first one
   */
  record Fault(Kind kind, boolean lasts) {}

  private static final ExecutionAttribute<Fault> MEETS = new ExecutionAttribute<>("fault");
  private static final ExecutionAttribute<Boolean> MET = new ExecutionAttribute<>("met");
  private static final Map<String, Trap> TRAPS = new ConcurrentHashMap<>();

  /** A fault that waits for the call of its number to a bucket. */
  private static final class Trap {
    private final AtomicInteger calls = new AtomicInteger();
    private final int chosen;
    private final Fault fault;
    private final Runnable meanwhile;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** While somebody else does something, no call counts. */
    private volatile boolean armed = true;

    Trap(int chosen, Fault fault, Runnable meanwhile) {
      this.chosen = chosen;
      this.fault = fault;
      this.meanwhile = meanwhile;
    }
  }

  /**
   * From now on, the call of this number to the bucket meets the fault.
   *
   * @param other what somebody else does at that moment, without faults
   */
  static void arm(String bucket, int number, Fault fault, Runnable other) {
    TRAPS.put(bucket, new Trap(number, fault, other));
  }

  /** Whether there were calls enough to meet the fault; what somebody else did is over then. */
  static boolean disarm(String bucket) throws Exception {
    Trap trap = TRAPS.remove(bucket);
    boolean met = trap != null && trap.calls.get() >= trap.chosen;
    if (met) {
      trap.over.get(1, TimeUnit.MINUTES);
    }
    return met;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    Trap trap =
        context.request().getValueForField("Bucket", String.class).map(TRAPS::get).orElse(null);
    if (trap != null && trap.armed && trap.calls.incrementAndGet() == trap.chosen) {
      trap.armed = false;
      // In a thread of its own: this one may be interrupted, and nobody may wait for it.
      CompletableFuture.runAsync(trap.meanwhile, work -> new Thread(work, "rival").start())
          .whenComplete(
              (done, failed) -> {
                if (failed == null) {
                  trap.over.complete(null);
                } else {
                  trap.over.completeExceptionally(failed);
                }
              })
          .join();
      trap.armed = true;
      attributes.putAttribute(MEETS, trap.fault);
    }
  }

  private static boolean now(ExecutionAttributes attributes, Kind... kinds) {
    Fault fault = attributes.getAttribute(MEETS);
    if (fault == null || (!fault.lasts() && attributes.getAttribute(MET) != null)) {
      return false;
    }
    for (Kind kind : kinds) {
      if (kind == fault.kind()) {
        attributes.putAttribute(MET, true);
        return true;
      }
    }
    return false;
  }

  private static SdkClientException ended() {
    return SdkClientException.create("injected", new SocketException("Connection reset: injected"));
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (now(attributes, Kind.BEFORE)) {
      throw ended();
    }
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    if (now(attributes, Kind.AFTER)) {
      // Read, or the connection would be as good as lost for the others.
      try (InputStream body = context.responseBody().orElse(InputStream.nullInputStream())) {
        body.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw ended();
    }
  }

  @Override
  public SdkHttpResponse modifyHttpResponse(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    int status =
        now(attributes, Kind.SAYS_500)
            ? 500
            : now(attributes, Kind.SAYS_503) ? 503 : now(attributes, Kind.SAYS_403) ? 403 : 0;
    return status == 0
        ? context.httpResponse()
        : context.httpResponse().toBuilder().statusCode(status).build();
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    return context
        .responseBody()
        .map(body -> now(attributes, Kind.BREAKS_OFF) ? new BreaksOff(body) : body);
  }

  /** Ten bytes, then the connection ends. */
  private static final class BreaksOff extends FilterInputStream {
    private int left = 10;

    BreaksOff(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      if (left-- <= 0) {
        throw new SocketException("Connection reset: injected");
      }
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new SocketException("Connection reset: injected");
      }
      int read = super.read(bytes, offset, Math.min(left, length));
      left -= Math.max(0, read);
      return read;
    }
  }
}
