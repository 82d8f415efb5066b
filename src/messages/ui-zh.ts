export { en as zh } from './ui-en.ts'
