/** The whole page: the list of models at `/`, a model at `/{id}`. */
export function App() {
  return <main>Models</main>;
}
