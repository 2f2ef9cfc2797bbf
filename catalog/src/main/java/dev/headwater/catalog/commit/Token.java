package dev.headwater.catalog.commit;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.TreeSet;

/**
 * What makes a commit the same commit: its sink and its run, written into the snapshot's summary.
 * The fingerprint says what went in; the same sink and run with another fingerprint is a mistake,
 * never a second commit.
 *
 * @param sink the stable name of what writes, unique to it
 * @param run the run's id, or for a stream the hash of what is committed
 */
public record Token(String sink, String run, String fingerprint) implements Serializable {
  public Token {
    for (String part : new String[] {sink, run}) {
      if (part.isEmpty() || part.indexOf('/') >= 0) {
        throw new IllegalArgumentException(
            "'" + part + "' cannot be part of a token: it is empty or has a slash");
      }
    }
    if (fingerprint.isEmpty()) {
      throw new IllegalArgumentException("a token needs a fingerprint");
    }
  }

  /** A stream's token: which files they are is all that tells one commit from another. */
  public static Token ofContent(String sink, Collection<String> paths) {
    String hash = hash(new TreeSet<>(paths));
    return new Token(sink, hash, hash);
  }

  /** A batch's token: the inputs (snapshot ids, file sizes and checksums) in any order. */
  public static Token ofRun(String sink, String run, Collection<String> inputs) {
    return new Token(sink, run, hash(new TreeSet<>(inputs)));
  }

  /** The token of a table that is written beside this one's, as the dead letters are. */
  public Token derived(String part) {
    return new Token(sink + "." + part, run, fingerprint);
  }

  /** What stands in the summary. */
  public String key() {
    return sink + "/" + run;
  }

  private static String hash(TreeSet<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        // The length first, so that no two lists run together to the same bytes.
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
