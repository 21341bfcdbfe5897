// SPDX-License-Identifier: Apache-2.0
// For TypeDoc: a type that is one of the literals of a list (`(typeof names)[number]`) is shown as these.

import { Converter, LiteralType, ReflectionKind, UnionType } from "typedoc";

export function load(app) {
  const literals = new Map();
  app.converter.on(
    Converter.EVENT_CREATE_DECLARATION,
    (context, reflection) => {
      if (!reflection.kindOf(ReflectionKind.TypeAlias)) return;
      const symbol = context.getSymbolFromReflection(reflection);
      const type = symbol && context.checker.getDeclaredTypeOfSymbol(symbol);
      if (
        !type?.isUnion() ||
        !type.types.every((member) => member.isStringLiteral())
      )
        return;
      literals.set(
        reflection,
        type.types.map(({ value }) => new LiteralType(value)),
      );
    },
  );
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, () => {
    for (const [reflection, types] of literals) {
      if (reflection.type?.type === "indexedAccess")
        reflection.type = new UnionType(types);
    }
  });
}
