package dev.headwater.user;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The digest of a user's class and of every class of the user's that it reaches, so that a stage is
 * stale when its code changed and not when something else in the same jar did. Lines, comments and
 * names of local variables don't count.
 */
public final class UserCode {
  private static final List<String> LIBRARIES =
      List.of("java.", "javax.", "jdk.", "org.apache.beam.", "org.joda.time.", "ai.djl.");

  private UserCode() {}

  /**
   * SHA-256 over the classes that {@code name} reaches within its own code source (the same jar or
   * folder); other jars don't count. Of a method ({@code com.acme.Nets::wide}) the methods of its
   * class that it calls count, and all of the class once it uses a field or makes an object of it.
   */
  public static String digest(String name, ClassLoader loader) {
    MessageDigest sha = sha256();
    reach(name, loader)
        .forEach(
            (at, bytes) -> {
              sha.update(at.getBytes(StandardCharsets.UTF_8));
              sha.update(bytes);
            });
    return HexFormat.of().formatHex(sha.digest());
  }

  /** The classes whose code counts in a digest: {@code com/acme/Enrich$Step}. */
  public static Set<String> reached(String name, ClassLoader loader) {
    return reach(name, loader).keySet();
  }

  private static Map<String, byte[]> reach(String name, ClassLoader loader) {
    int method = name.indexOf("::");
    String root = (method < 0 ? name : name.substring(0, method)).replace('.', '/');
    String home = home(root, loader);
    Map<String, byte[]> reached = new TreeMap<>();
    ArrayDeque<String> open = new ArrayDeque<>(List.of(root));
    if (method >= 0) {
      BareClass only = bare(root, name.substring(method + 2), loader);
      if (only != null) {
        reached.put(name, only.bytes());
        open.clear();
        only.references().stream().filter(at -> !at.equals(root)).forEach(open::add);
      }
    }
    while (!open.isEmpty()) {
      String at = open.remove();
      if (!reached.containsKey(at) && home.equals(home(at, loader))) {
        BareClass found = bare(at, null, loader);
        if (found != null) {
          reached.put(at, found.bytes());
          open.addAll(found.references());
        }
      }
    }
    return reached;
  }

  /** Whether a class is Java's, Beam's or DJL's, which change with the version of Headwater. */
  static boolean library(String name) {
    return LIBRARIES.stream().anyMatch(name::startsWith);
  }

  /** Where a class file lies: its URL without its own name; empty if there is none. */
  private static String home(String name, ClassLoader loader) {
    URL url = loader.getResource(name + ".class");
    return url == null ? "" : url.toString().replace(name + ".class", "");
  }

  private static @Nullable BareClass bare(
      String name, @Nullable String method, ClassLoader loader) {
    try (InputStream in = loader.getResourceAsStream(name + ".class")) {
      if (in == null) {
        return null;
      }
      return method == null
          ? BareClass.of(in.readAllBytes())
          : BareClass.ofMethod(in.readAllBytes(), method);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
