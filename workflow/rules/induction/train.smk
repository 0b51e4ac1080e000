rule induction_corpus:
    """Draw the evaluation set of a corpus, and what its fresh sequences are drawn from."""
    input:
        lambda wildcards: getattr(INDUCTION.corpora[wildcards.corpus], "files", ()),
    output:
        corpus="results/induction/corpora/{corpus}.nc",
    log:
        "logs/induction/corpora/{corpus}.log",
    benchmark:
        "logs/benchmarks/induction/corpora/{corpus}/induction_corpus.tsv"
    wildcard_constraints:
        corpus=r"[a-z0-9-]+",
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: (
            attempt * memory.corpus_memory(INDUCTION.corpora[wildcards.corpus])
        ),
    params:
        spec=lambda wildcards: corpus_of(wildcards.corpus),
        code=script_digest("induction/corpus"),
    message:
        "corpus {wildcards.corpus}"
    script:
        "../../scripts/induction/corpus.py"


rule induction_train:
    """Train one network on fresh sequences of its corpus."""
    input:
        corpus=corpus_file,
    output:
        checkpoints="results/induction/{experiment}/seed{seed}/checkpoints.nc",
        history="results/induction/{experiment}/seed{seed}/history.nc",
    log:
        "logs/induction/{experiment}/seed{seed}/train.log",
    benchmark:
        "logs/benchmarks/induction/{experiment}/seed{seed}/induction_train.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=induction_memory(memory.train_memory),
    params:
        spec=induction_training,
        code=script_digest("induction/train"),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../../scripts/induction/train.py"
