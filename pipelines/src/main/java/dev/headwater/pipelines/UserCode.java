package dev.headwater.pipelines;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The digest of a user's class and of every class of the user's that it reaches, so that a stage is
 * stale when its code changed and not when something else in the same jar did.
 */
final class UserCode {
  private UserCode() {}

  /**
   * SHA-256 over the class files that {@code className} reaches within its own code source (the
   * same jar or folder); libraries count by the version they are pinned to, not here.
   */
  static String digest(String className, ClassLoader loader) {
    Map<String, byte[]> reached = new TreeMap<>();
    ArrayDeque<String> open = new ArrayDeque<>();
    String root = className.replace('.', '/');
    String home = home(root, loader);
    open.add(root);
    while (!open.isEmpty()) {
      String name = open.remove();
      if (reached.containsKey(name) || !home.equals(home(name, loader))) {
        continue;
      }
      byte[] file = read(name, loader);
      if (file != null) {
        reached.put(name, file);
        open.addAll(references(file));
      }
    }
    MessageDigest sha = sha256();
    reached.values().forEach(sha::update);
    return HexFormat.of().formatHex(sha.digest());
  }

  /** Where a class file lies: its URL without its own name; empty if there is none. */
  private static String home(String name, ClassLoader loader) {
    var url = loader.getResource(name + ".class");
    return url == null ? "" : url.toString().replace(name + ".class", "");
  }

  private static byte @Nullable [] read(String name, ClassLoader loader) {
    try (InputStream in = loader.getResourceAsStream(name + ".class")) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The classes that a class file's constant pool names. */
  static List<String> references(byte[] file) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      in.skipNBytes(8);
      int n = in.readUnsignedShort();
      String[] text = new String[n];
      int[] classes = new int[n];
      for (int i = 1; i < n; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> text[i] = in.readUTF();
          case 7 -> classes[i] = in.readUnsignedShort();
          case 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // longs and doubles take two entries
          }
          default -> throw new IOException("a constant of kind " + tag);
        }
      }
      List<String> out = new ArrayList<>();
      for (int at : classes) {
        if (at != 0 && text[at] != null) {
          out.add(text[at].replaceFirst("^\\[+L", "").replaceFirst(";$", ""));
        }
      }
      return out;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("not a class file", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
