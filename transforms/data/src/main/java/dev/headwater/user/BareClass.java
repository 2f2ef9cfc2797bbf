package dev.headwater.user;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A class file without what doesn't change what it does: lines, names of local variables, the file
 * it is from, and the names of its neighbours, which would make a nested class reach all of the one
 * around it.
 */
final class BareClass {
  private static final int FIELD = 9;
  private static final int INTERFACE_METHOD = 11;
  private static final int CLASS = 7;

  private final byte[] bytes;
  private final List<String> references;

  private BareClass(byte[] bytes, List<String> references) {
    this.bytes = bytes;
    this.references = references;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The classes that its code names, as {@code com/acme/Net}. */
  List<String> references() {
    return references;
  }

  /** Of a class file. */
  static BareClass of(byte[] file) {
    return stripped(file, null);
  }

  /** Of a method and those of its own class that it calls; if it uses more of it, of all. */
  static BareClass ofMethod(byte[] file, String method) {
    Set<String> kept = new TreeSet<>(Set.of(method));
    while (true) {
      BareClass bare = stripped(file, kept);
      Set<String> own = own(new ClassReader(bare.bytes));
      if (own.stream().anyMatch(name -> name.isEmpty() || name.startsWith("<"))) {
        return of(file);
      }
      if (!kept.addAll(own)) {
        return bare;
      }
    }
  }

  private static BareClass stripped(byte[] file, @Nullable Set<String> methods) {
    ClassWriter writer = new ClassWriter(0);
    new ClassReader(file).accept(new Strip(writer, methods), ClassReader.SKIP_DEBUG);
    byte[] bare = writer.toByteArray();
    return new BareClass(bare, references(new ClassReader(bare)));
  }

  private static List<String> references(ClassReader reader) {
    char[] buffer = new char[reader.getMaxStringLength()];
    List<String> out = new ArrayList<>();
    for (int i = 1; i < reader.getItemCount(); i++) {
      int at = reader.getItem(i);
      if (at != 0 && reader.readByte(at - 1) == CLASS) {
        out.add(reader.readUTF8(at, buffer).replaceFirst("^\\[+L", "").replaceFirst(";$", ""));
      }
    }
    return out;
  }

  /** The methods of its own that it names; a field as an empty name. */
  private static Set<String> own(ClassReader reader) {
    char[] buffer = new char[reader.getMaxStringLength()];
    Set<String> out = new TreeSet<>();
    for (int i = 1; i < reader.getItemCount(); i++) {
      int at = reader.getItem(i);
      int tag = at == 0 ? 0 : reader.readByte(at - 1);
      // Fields, methods and methods of interfaces: the class they are of, then name and type.
      if (tag >= FIELD
          && tag <= INTERFACE_METHOD
          && reader.getClassName().equals(reader.readClass(at, buffer))) {
        int name = reader.getItem(reader.readUnsignedShort(at + 2));
        out.add(tag == FIELD ? "" : reader.readUTF8(name, buffer));
      }
    }
    return out;
  }

  private static final class Strip extends ClassVisitor {
    private final @Nullable Set<String> methods;

    Strip(ClassWriter to, @Nullable Set<String> methods) {
      super(Opcodes.ASM9, to);
      this.methods = methods;
    }

    @Override
    public void visitInnerClass(
        String name, @Nullable String outer, @Nullable String inner, int access) {}

    @Override
    public void visitOuterClass(String owner, @Nullable String name, @Nullable String type) {}

    @Override
    public void visitNestHost(String host) {}

    @Override
    public void visitNestMember(String member) {}

    @Override
    public @Nullable FieldVisitor visitField(
        int access, String name, String type, @Nullable String generic, @Nullable Object value) {
      return methods == null ? super.visitField(access, name, type, generic, value) : null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String type,
        @Nullable String generic,
        String @Nullable [] exceptions) {
      return methods == null || methods.contains(name)
          ? super.visitMethod(access, name, type, generic, exceptions)
          : null;
    }
  }
}
