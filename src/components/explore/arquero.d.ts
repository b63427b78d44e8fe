/** The build of Arquero that needs nothing of Node; of its types what longRows uses. */
declare module "arquero/dist/arquero.min.js" {
  type Cell = string | number | boolean | null;
  type Table = {array(column: string): ArrayLike<Cell>; concat(...others: readonly Table[]): Table};
  const arquero: {table(columns: readonly (readonly [string, readonly Cell[]])[]): Table};
  export default arquero;
}
