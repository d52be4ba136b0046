import { type ExecutionArgs, getOperationAST, type GraphQLSchema, Kind, type OperationDefinitionNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../../graphql/context.ts";
import { checkSearches } from "../../graphql/limit-searches.ts";
import { checkCost, limitsRule, parseLimited } from "../../graphql/limits.ts";

/** What the log says of an operation: its name, else its first field; never its arguments. */
function nameOf({ name, operation, selectionSet }: OperationDefinitionNode): string {
  const [first] = selectionSet.selections;
  return `${operation} ${name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : "...")}`;
}

/** Limits before execution: tokens while parsing, aliases and directives while validating, depth and cost last. */
export function checkLimits(schema: GraphQLSchema): Plugin {
  const check = ({ args }: { args: ExecutionArgs }) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return;
    (args.contextValue as GraphQLContext).logFields.operation = nameOf(operation);
    checkCost(schema, args.document, operation, args.variableValues ?? {});
    checkSearches(schema, args.document, operation, args.variableValues ?? {});
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parseLimited);
    },
    onValidate({ addValidationRule }) {
      addValidationRule(limitsRule);
    },
    onExecute: check as never,
    onSubscribe: check as never,
  };
}
