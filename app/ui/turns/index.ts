export { TurnView } from './TurnView.tsx';
export { WorkColumn } from './WorkColumn.tsx';
