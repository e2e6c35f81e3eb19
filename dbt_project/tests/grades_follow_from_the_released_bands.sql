-- Interface, invariant 6: evaluation and loan grades follow from their scores by mart_code_lists,
-- but for D by a serious list; who has no score has no grade.
with

profiles as (

    select * from {{ ref('mart_subject_profiles') }}

),

loans as (

    select * from {{ ref('mart_loan_scores') }}

),

bands as (

    select * from {{ ref('mart_code_lists') }}

),

graded as (

    select
        'evaluation_grade' as column_name,
        subject_id,
        evaluation_score as score,
        evaluation_grade as grade,
        is_on_serious_list
    from profiles

    union all

    select
        'supervision_class' as column_name,
        subject_id,
        evaluation_score as score,
        supervision_class as grade,
        is_on_serious_list
    from profiles

    union all

    select
        'grade' as column_name,
        subject_id,
        score,
        grade,
        false as is_on_serious_list
    from loans

),

wrong as (

    select
        graded.column_name,
        graded.subject_id
    from graded
    left join bands
        on graded.column_name = bands.column_name
        and graded.grade = bands.code
    where (graded.score is null) <> (graded.grade is null)
        or (
            graded.score is not null
            and not (graded.is_on_serious_list and graded.grade = 'D')
            and (
                bands.code is null
                or graded.score < bands.lower
                or graded.score >= bands.upper
            )
        )

)

select * from wrong
