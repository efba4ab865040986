"""From a query to ranked passages: normalisation, embedding, dense and lexical index, fusion."""
