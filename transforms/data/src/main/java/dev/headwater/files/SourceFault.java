package dev.headwater.files;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.EOFException;

/** A file that as a whole can't be read on. */
public final class SourceFault {
  private SourceFault() {}

  public static HeadwaterException of(String path, Exception e) {
    if (e instanceof HeadwaterException known) {
      return known;
    }
    String why =
        e instanceof EOFException
            ? "it ends early"
            : e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
    return of(path, why, e);
  }

  public static HeadwaterException of(String path, String why, Exception e) {
    return new HeadwaterException(
        Kind.DATA,
        "Cannot read " + path + ": " + why + ".",
        "replace the file by a whole one, or leave it out.",
        e);
  }

  public static HeadwaterException of(String path, String why, String fix) {
    return new HeadwaterException(Kind.DATA, "Cannot read " + path + ": " + why + ".", fix);
  }

  private static String firstLine(String message) {
    String first = message.lines().findFirst().orElse("");
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }
}
