package dev.headwater.catalog;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.jspecify.annotations.Nullable;

/**
 * Decorates a JDBC connection and a FileIO: one chosen call of both together fails, before it took
 * effect or after (its answer is lost), while something else may happen.
 */
final class Faults {
  /** What happens at a call. */
  interface Event {
    void before(String call) throws IOException;

    void after(String call) throws IOException;
  }

  private static final Set<String> CALLS =
      Set.of("executeUpdate", "executeQuery", "execute", "commit", "rollback", "isValid");

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger drawn = new AtomicInteger();
  private volatile int chosen;
  private volatile @Nullable Event event;
  private volatile @Nullable Random often;
  private volatile double share;
  private volatile double lost;
  private volatile Runnable meanwhile = () -> {};

  /** From now on, the call of this number meets the event. */
  void arm(int number, Event what) {
    calls.set(0);
    chosen = number;
    event = what;
  }

  /** Whether there were calls enough to meet the event. */
  boolean disarm() {
    event = null;
    return calls.get() >= chosen;
  }

  /**
   * From now on some of all calls fail.
   *
   * @param shareOfCalls that fail, before they took effect or after
   * @param shareOfSwaps of a table's metadata that take effect, and whose answer is lost
   * @param rivals what happens before a lost answer is noticed
   */
  void often(long seed, double shareOfCalls, double shareOfSwaps, Runnable rivals) {
    share = shareOfCalls;
    lost = shareOfSwaps;
    meanwhile = rivals;
    often = new Random(seed);
  }

  /** How many calls have failed since {@link #often}. */
  int drawn() {
    return drawn.get();
  }

  private @Nullable Event draw(String call) {
    Random random = often;
    if (random == null) {
      return null;
    }
    boolean swapped = isSwap(call) && random.nextDouble() < lost;
    if (!swapped && random.nextDouble() >= share) {
      return null;
    }
    drawn.incrementAndGet();
    boolean after = swapped || random.nextBoolean();
    return failing(after, swapped ? meanwhile : () -> {});
  }

  private static boolean isSwap(String call) {
    return call.equals("executeUpdate") || call.startsWith("POST ");
  }

  /** Fails a call, before or after; before that, something else happens. */
  static Event failing(boolean after, Runnable meanwhile) {
    return new Event() {
      @Override
      public void before(String call) throws IOException {
        if (!after) {
          meanwhile.run();
          throw new IOException("injected before " + call);
        }
      }

      @Override
      public void after(String call) throws IOException {
        meanwhile.run();
        throw new IOException("injected after " + call);
      }
    };
  }

  /** Lets a call pass after something else. */
  static Event passing(Runnable meanwhile) {
    return new Event() {
      @Override
      public void before(String call) {
        meanwhile.run();
      }

      @Override
      public void after(String call) {}
    };
  }

  private <T> T call(String name, Call<T> call) throws Throwable {
    Event now = calls.incrementAndGet() == chosen ? event : draw(name);
    if (now != null) {
      now.before(name);
    }
    T result = call.run();
    if (now != null) {
      now.after(name);
    }
    return result;
  }

  private interface Call<T> {
    T run() throws Throwable;
  }

  /** A request to a server: where it fails, the connection ends without an answer. */
  Door.Answer http(String request, Door.Server server) {
    try {
      return call(request, server::answer);
    } catch (IOException e) {
      return Door.Answer.NONE;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  Database.Source jdbc(Database.Source source) {
    return () -> connection(source.open());
  }

  private Connection connection(Connection real) {
    boolean[] dead = new boolean[1];
    return proxy(
        Connection.class,
        (method, args) -> {
          if (dead[0] && !method.getName().equals("close")) {
            if (method.getName().equals("isValid")) {
              return false;
            }
            if (method.getName().equals("isClosed")) {
              return true;
            }
            throw new SQLException("the connection is closed", "08003");
          }
          Object result = jdbc(real, method, args, dead);
          return result instanceof PreparedStatement statement
              ? proxy(PreparedStatement.class, (m, a) -> jdbc(statement, m, a, dead))
              : result;
        });
  }

  private @Nullable Object jdbc(Object real, Method method, @Nullable Object[] args, boolean[] dead)
      throws Throwable {
    if (!CALLS.contains(method.getName())) {
      return invoke(real, method, args);
    }
    try {
      // A proxy drops what a void method returns.
      return call(
          method.getName(), () -> Objects.requireNonNullElse(invoke(real, method, args), true));
    } catch (IOException e) {
      dead[0] = true;
      throw new SQLException(e.getMessage(), "08006", e);
    }
  }

  private static @Nullable Object invoke(Object real, Method method, @Nullable Object[] args)
      throws Throwable {
    try {
      return method.invoke(real, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private interface Handler {
    @Nullable Object handle(Method method, @Nullable Object[] args) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> handler.handle(m, a)));
  }

  SupportsPrefixOperations files(SupportsPrefixOperations real) {
    return new SupportsPrefixOperations() {
      @Override
      public Iterable<FileInfo> listPrefix(String prefix) {
        return file("list", () -> real.listPrefix(prefix));
      }

      @Override
      public void deletePrefix(String prefix) {
        real.deletePrefix(prefix);
      }

      @Override
      public InputFile newInputFile(String location) {
        return input(real.newInputFile(location));
      }

      @Override
      public OutputFile newOutputFile(String location) {
        return output(real.newOutputFile(location));
      }

      @Override
      public void deleteFile(String location) {
        file(
            "delete",
            () -> {
              real.deleteFile(location);
              return true;
            });
      }
    };
  }

  private <T> T file(String name, Call<T> call) {
    try {
      return call(name, call);
    } catch (IOException e) {
      throw new RuntimeIOException(e);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private InputFile input(InputFile real) {
    return new InputFile() {
      @Override
      public long getLength() {
        return file("length", real::getLength);
      }

      @Override
      public SeekableInputStream newStream() {
        return file("open", real::newStream);
      }

      @Override
      public String location() {
        return real.location();
      }

      @Override
      public boolean exists() {
        return real.exists();
      }
    };
  }

  private OutputFile output(OutputFile real) {
    return new OutputFile() {
      @Override
      public PositionOutputStream create() {
        return stream(file("create", real::create));
      }

      @Override
      public PositionOutputStream createOrOverwrite() {
        return stream(file("create", real::createOrOverwrite));
      }

      @Override
      public String location() {
        return real.location();
      }

      @Override
      public InputFile toInputFile() {
        return input(real.toInputFile());
      }
    };
  }

  private PositionOutputStream stream(PositionOutputStream real) {
    return new PositionOutputStream() {
      private boolean closed;

      @Override
      public long getPos() throws IOException {
        return real.getPos();
      }

      @Override
      public void write(int b) throws IOException {
        real.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        real.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        if (closed) {
          return;
        }
        closed = true;
        try {
          call(
              "close",
              () -> {
                real.close();
                return true;
              });
        } catch (IOException | RuntimeException | Error e) {
          throw e;
        } catch (Throwable e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
