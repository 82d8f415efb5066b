export { en as ja } from './ui-en.ts'
