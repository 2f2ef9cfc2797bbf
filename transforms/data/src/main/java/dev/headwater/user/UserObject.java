package dev.headwater.user;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.invoke.SerializedLambda;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/**
 * What makes a user's object what it is.
 *
 * @param state SHA-256 of it as Java writes it
 * @param code the users' classes of it and of what it holds, lambdas as {@code
 *     com.acme.Main::lambda$main$0}; to be given to {@link UserCode#digest}
 */
public record UserObject(String state, Set<String> code) {
  /**
   * Looks at an object.
   *
   * @throws HeadwaterException USAGE if a part of it is not serializable
   */
  public static UserObject of(Serializable object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Looking out = new Looking(bytes)) {
      out.writeObject(object);
      out.flush();
      String state = HexFormat.of().formatHex(UserCode.sha256().digest(bytes.toByteArray()));
      return new UserObject(state, out.code);
    } catch (NotSerializableException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          object.getClass().getName()
              + " holds a "
              + e.getMessage()
              + ", which is not serializable.",
          "make that serializable or the field transient; a lambda or an anonymous class holds the"
              + " object around it: make it a static nested class.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Looking extends ObjectOutputStream {
    private final Set<String> code = new TreeSet<>();

    Looking(OutputStream to) throws IOException {
      super(to);
      enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
      if (object instanceof SerializedLambda lambda) {
        String owner = lambda.getImplClass().replace('/', '.');
        add(owner, owner + "::" + lambda.getImplMethodName());
      } else {
        Class<?> type = object.getClass();
        while (type.isArray()) {
          type = type.getComponentType();
        }
        if (!type.isPrimitive()) {
          add(type.getName(), type.getName());
        }
      }
      return object;
    }

    private void add(String owner, String name) {
      if (!UserCode.library(owner)) {
        code.add(name);
      }
    }
  }
}
