import type { Statement } from '@swc/core';
import { Visitor } from '@swc/core/Visitor.js';

// dependency-cruiser reads TypeScript through swc's visitor, which stops at `using` and `await using`
// because it is older than they are. This adds the one missing kind of statement; the test "imports of a
// file with `using` in it are seen" tells when it is no longer needed.

const { prototype } = Visitor;
// oxlint-disable-next-line typescript/unbound-method -- called with `this` below
const visitKnown = prototype.visitStatement;

type UsingDeclaration = {
  readonly type: 'UsingDeclaration';
  readonly decls: Parameters<typeof prototype.visitVariableDeclarators>[0];
};

prototype.visitStatement = function visitStatement(
  statement: Statement | UsingDeclaration,
): Statement {
  if (statement.type !== 'UsingDeclaration') return visitKnown.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- handed back as it came, as all are
  return statement as unknown as Statement;
};
